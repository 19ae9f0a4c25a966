/* Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */


/* Asks a server over HTTP/2 without TLS, several requests at a time on each
 * connection, and compares every answer.
 *
 *   http2 CASES PORT REQUESTS CONNECTIONS
 *
 * A request may go again where the server says that it has not begun with it:
 * REFUSED_STREAM, or a GOAWAY that does not include it.  And where the
 * connection ends after a GOAWAY that does: mod_http2 announces the end with
 * one that includes all streams, and when its child is restarted closes the
 * connection with streams open, whatever modules there are. */

#include "cases.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STREAMS 6
#define STREAMS_EACH 200        /* on one connection, at most */
#define PATIENCE 60
#define HEADERS_MAX 32

typedef struct {
    const case_t *asked;        /* NULL: nothing */
    int32_t id;
    int has_answer;
    answer_t answer;
} stream_t;

typedef struct {
    int fd;
    nghttp2_session *session;
    stream_t streams[STREAMS];
    int begun;
    int is_ending;              /* nothing more may be asked on it */
    int32_t last;               /* of GOAWAY, or -1 */
    time_t since;
} connection_t;

static struct sockaddr_in address;
static nghttp2_session_callbacks *callbacks;
static unsigned long left;

static stream_t *stream_of(connection_t *c, int32_t id)
{
    int i;

    for (i = 0; i < STREAMS; i++) {
        if (c->streams[i].asked && c->streams[i].id == id) {
            return &c->streams[i];
        }
    }
    return NULL;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_length,
                     const uint8_t *value, size_t value_length, uint8_t flags,
                     void *data)
{
    stream_t *stream = stream_of(data, frame->hd.stream_id);

    (void)session;
    (void)flags;
    if (!stream) {
        return 0;
    }
    if (name_length == 7 && !memcmp(name, ":status", 7)) {
        answer_begin(&stream->answer, atoi((const char *)value));
        stream->has_answer = 1;
    }
    else {
        answer_field(&stream->answer, (const char *)name, name_length,
                     (const char *)value, value_length);
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame,
                    void *data)
{
    connection_t *c = data;

    (void)session;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        c->is_ending = 1;
        c->last = frame->goaway.last_stream_id;
    }
    return 0;
}

static void again(stream_t *stream)
{
    answer_again();
    left++;
    stream->asked = NULL;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error,
                    void *data)
{
    connection_t *c = data;
    stream_t *stream = stream_of(c, id);

    (void)session;
    if (!stream) {
        return 0;
    }
    c->since = time(NULL);
    if (!error && stream->has_answer) {
        answer_end(&stream->answer, stream->asked);
    }
    else if (error == NGHTTP2_REFUSED_STREAM
             || (c->last >= 0 && id > c->last)) {
        again(stream);
    }
    else {
        answer_missing(stream->asked, nghttp2_http2_strerror(error));
    }
    stream->asked = NULL;
    return 0;
}

static void open_connection(connection_t *c)
{
    nghttp2_settings_entry settings = {
        NGHTTP2_SETTINGS_ENABLE_PUSH, 0
    };

    memset(c, 0, sizeof(*c));
    c->last = -1;
    c->since = time(NULL);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0
        || connect(c->fd, (struct sockaddr *)&address, sizeof(address))) {
        perror("connect");
        exit(2);
    }
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    nghttp2_session_client_new(&c->session, callbacks, c);
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, &settings, 1);
}

static void close_connection(connection_t *c)
{
    int i;

    for (i = 0; i < STREAMS; i++) {
        stream_t *stream = &c->streams[i];

        if (stream->asked && c->last >= 0) {
            again(stream);
        }
        else if (stream->asked) {
            answer_missing(stream->asked, "the connection has ended");
            stream->asked = NULL;
        }
    }
    nghttp2_session_del(c->session);
    c->session = NULL;
    close(c->fd);
}

static nghttp2_nv pair(char *name, char *value)
{
    const nghttp2_nv nv = {
        (uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
        NGHTTP2_NV_FLAG_NONE
    };

    return nv;
}

/* Submit a request that is written for HTTP/1; copies are made of it. */
static int32_t submit(connection_t *c, const case_t *one)
{
    static char text[65536];
    nghttp2_nv fields[HEADERS_MAX];
    char *line = text, *rest, *method, *path;
    size_t count = 4;

    memcpy(text, one->request, one->length + 1);
    rest = strstr(text, "\r\n");
    *rest = '\0';
    rest += 2;
    method = strsep(&line, " ");
    path = strsep(&line, " ");
    fields[0] = pair(":method", method);
    fields[1] = pair(":path", path);
    fields[2] = pair(":scheme", "http");
    fields[3] = pair(":authority", "localhost");
    while ((line = strsep(&rest, "\r")) && *line && rest) {
        char *value = strchr(line, ':');
        char *letter;

        rest++;
        if (!value || !strncasecmp(line, "host:", 5)) {
            continue;
        }
        *value++ = '\0';
        for (letter = line; *letter; letter++) {
            *letter = (char)tolower((unsigned char)*letter);
        }
        if (count < HEADERS_MAX) {
            fields[count++] = pair(line, value + strspn(value, " "));
        }
    }
    return nghttp2_submit_request(c->session, NULL, fields, count, NULL, NULL);
}

static void ask(connection_t *c)
{
    int i;

    for (i = 0; i < STREAMS && left; i++) {
        stream_t *stream = &c->streams[i];

        if (stream->asked || c->is_ending || c->begun == STREAMS_EACH) {
            continue;
        }
        stream->has_answer = 0;
        stream->asked = cases_pick();
        stream->id = submit(c, stream->asked);
        if (stream->id < 0) {
            stream->asked = NULL;
            c->is_ending = 1;
            return;
        }
        left--;
        c->begun++;
    }
}

static int is_asking(const connection_t *c)
{
    int i, asking = 0;

    for (i = 0; i < STREAMS; i++) {
        asking += c->streams[i].asked != NULL;
    }
    return asking;
}

/* Whether the connection goes on. */
static int handle(connection_t *c, short events)
{
    static uint8_t in[65536];
    const uint8_t *out;
    ssize_t n;

    if (events & (POLLIN | POLLHUP | POLLERR)) {
        n = read(c->fd, in, sizeof(in));
        if (n == 0 || (n < 0 && errno != EAGAIN)
            || (n > 0
                && nghttp2_session_mem_recv(c->session, in, (size_t)n) < 0)) {
            return 0;
        }
    }
    /* A socket's buffer is large enough for what is asked here. */
    while ((n = nghttp2_session_mem_send(c->session, &out)) > 0) {
        while (n > 0) {
            const ssize_t sent = write(c->fd, out, (size_t)n);

            if (sent < 0 && errno == EAGAIN) {
                struct pollfd wait = { c->fd, POLLOUT, 0 };

                poll(&wait, 1, 1000);
                continue;
            }
            if (sent < 0) {
                /* What has come is still to be read. */
                c->is_ending = 1;
                return 1;
            }
            out += sent;
            n -= sent;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    static connection_t connections[16];
    int i, count;

    if (argc != 5 || (count = atoi(argv[4])) < 1 || count > 16) {
        fprintf(stderr, "usage: http2 CASES PORT REQUESTS CONNECTIONS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    cases_read(argv[1], 1);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[2]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    left = strtoul(argv[3], NULL, 10);
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                           on_close);
    for (;;) {
        struct pollfd fds[16];
        int asking = 0;

        for (i = 0; i < count; i++) {
            connection_t *c = &connections[i];

            if (!c->session && left) {
                open_connection(c);
            }
            fds[i].fd = -1;
            fds[i].events = POLLIN;
            fds[i].revents = 0;
            if (!c->session) {
                continue;
            }
            ask(c);
            if (!handle(c, 0)
                || (!is_asking(c)
                    && (c->is_ending || c->begun == STREAMS_EACH || !left))) {
                close_connection(c);
                asking += left > 0;
                continue;
            }
            asking++;
            fds[i].fd = c->fd;
        }
        if (!asking) {
            return answers_exit();
        }
        poll(fds, (nfds_t)count, 1000);
        for (i = 0; i < count; i++) {
            connection_t *c = &connections[i];

            if (c->session && fds[i].revents
                ? !handle(c, fds[i].revents)
                : c->session && time(NULL) - c->since > PATIENCE) {
                close_connection(c);
            }
        }
    }
}
