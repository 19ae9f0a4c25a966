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

/* Asks a server over HTTP/1, on connections that it keeps, and compares every
 * answer.
 *
 *   http1 CASES PORT REQUESTS CONNECTIONS
 *
 * A request may go again on a new connection where the server has closed a
 * kept one without a byte of an answer: between two requests it may do so.
 * Everything else that is no complete answer within the time is wrong. */

#include "cases.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIPELINE 3
#define PATIENCE 60

typedef struct {
    int fd;                         /* -1 if closed */
    unsigned int answered;          /* on this connection */
    const case_t *asked[PIPELINE];
    int count;                      /* of them */
    char out[PIPELINE * 32768];
    size_t out_length, out_sent;
    char in[65536];
    size_t in_length;
    time_t since;
} connection_t;

static struct sockaddr_in address;
static unsigned long left;

static void open_connection(connection_t *c)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address))) {
        perror("connect");
        exit(2);
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    c->fd = fd;
    c->answered = 0;
    c->in_length = 0;
}

/* What is asked goes out from its beginning. */
static void fill(connection_t *c)
{
    int i;

    c->out_length = c->out_sent = 0;
    for (i = 0; i < c->count; i++) {
        memcpy(c->out + c->out_length, c->asked[i]->request,
               c->asked[i]->length);
        c->out_length += c->asked[i]->length;
    }
    c->since = time(NULL);
}

/* Ask something, on a new connection if there is none. */
static void ask(connection_t *c)
{
    int wanted = cases_random(10) ? 1 : PIPELINE;

    while (!c->count && left) {
        do {
            c->asked[c->count] = cases_pick();
            left--;
            if (c->asked[c->count++]->is_last) {
                break;
            }
        } while (--wanted && left);
    }
    if (!c->count) {
        return;
    }
    if (c->fd < 0) {
        open_connection(c);
    }
    fill(c);
}

static void end(connection_t *c)
{
    close(c->fd);
    c->fd = -1;
}

/* The connection is over; what has been asked goes again if it may. */
static void ended(connection_t *c, const char *why)
{
    const int may_again = c->answered > 0 && !c->in_length;

    end(c);
    if (c->count && !may_again) {
        answer_missing(c->asked[0], why);
        memmove(c->asked, c->asked + 1,
                (size_t)--c->count * sizeof(*c->asked));
    }
    else if (c->count) {
        answer_again();
    }
    ask(c);
}

/* Where a chunked body ends, NULL if it is not complete. */
static const char *end_of_chunks(const char *text, const char *end)
{
    while (text < end) {
        char *rest;
        const unsigned long size = strtoul(text, &rest, 16);
        const char *line = memchr(text, '\n', (size_t)(end - text));

        if (!line || (size_t)(end - line) < size + 3) {
            return NULL;
        }
        text = line + 1 + size + 2;
        if (!size) {
            return text;
        }
    }
    return NULL;
}

/* Take one answer from what has come: its length, 0 if it is not complete. */
static size_t take(connection_t *c, int *is_closing, int is_over)
{
    const case_t *one = c->asked[0];
    const char *end = c->in + c->in_length, *line, *next, *body;
    long length = -1;
    int is_chunked = 0;
    answer_t answer;

    c->in[c->in_length] = '\0';
    body = strstr(c->in, "\r\n\r\n");
    if (!body) {
        return 0;
    }
    body += 4;
    *is_closing = !strncmp(c->in, "HTTP/1.0", 8);
    for (line = strstr(c->in, "\r\n") + 2; line < body - 2; line = next) {
        next = strstr(line, "\r\n") + 2;
        if (!strncasecmp(line, "content-length:", 15)) {
            length = strtol(line + 15, NULL, 10);
        }
        is_chunked |= !strncasecmp(line, "transfer-encoding:", 18);
        *is_closing |= !strncasecmp(line, "connection: close", 17);
    }
    answer.status = atoi(c->in + 9);
    if (one->is_head || answer.status == 204 || answer.status == 304) {
        length = 0;
        is_chunked = 0;
    }
    if (is_chunked) {
        const char *last = end_of_chunks(body, end);

        if (!last) {
            return 0;
        }
        length = (long)(last - body);
    }
    if (length < 0 && !is_over) {
        *is_closing = 1;
        return 0;
    }
    if (length >= 0 && end - body < length) {
        return 0;
    }
    answer_begin(&answer, answer.status);
    for (line = strstr(c->in, "\r\n") + 2; line < body - 2; line = next) {
        const char *colon = strchr(line, ':');

        next = strstr(line, "\r\n") + 2;
        if (colon && colon < next) {
            const char *value = colon + 1;

            value += *value == ' ';
            answer_field(&answer, line, (size_t)(colon - line), value,
                         (size_t)(next - 2 - value));
        }
    }
    answer_end(&answer, one);
    return length < 0 ? c->in_length : (size_t)(body + length - c->in);
}

/* Take all answers that are complete, and ask again. */
static void receive(connection_t *c, int is_over)
{
    int is_closing = 0;
    size_t length;

    while (c->count && (length = take(c, &is_closing, is_over)) > 0) {
        c->answered++;
        memmove(c->in, c->in + length, c->in_length - length);
        c->in_length -= length;
        memmove(c->asked, c->asked + 1,
                (size_t)--c->count * sizeof(*c->asked));
        if (is_closing) {
            ended(c, "closed");
            return;
        }
    }
    if (is_over) {
        ended(c, "closed");
    }
    else if (!c->count) {
        if (!cases_random(20)) {
            end(c);
        }
        ask(c);
        if (!c->count && c->fd >= 0) {
            end(c);
        }
    }
}

static void handle(connection_t *c, short events)
{
    ssize_t n;

    if (events & POLLOUT) {
        n = write(c->fd, c->out + c->out_sent, c->out_length - c->out_sent);
        if (n > 0) {
            c->out_sent += (size_t)n;
        }
        else if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            /* What has been answered can be read. */
            c->out_sent = c->out_length;
        }
    }
    if (events & (POLLIN | POLLHUP | POLLERR)) {
        n = read(c->fd, c->in + c->in_length,
                 sizeof(c->in) - 1 - c->in_length);
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        c->in_length += n > 0 ? (size_t)n : 0;
        receive(c, n <= 0);
    }
}

int main(int argc, char **argv)
{
    static connection_t connections[64];
    int i, count;

    if (argc != 5 || (count = atoi(argv[4])) < 1 || count > 64) {
        fprintf(stderr, "usage: http1 CASES PORT REQUESTS CONNECTIONS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    cases_read(argv[1], 0);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[2]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    left = strtoul(argv[3], NULL, 10);
    for (i = 0; i < count; i++) {
        connections[i].fd = -1;
        ask(&connections[i]);
    }
    for (;;) {
        struct pollfd fds[64];
        int asking = 0;

        for (i = 0; i < count; i++) {
            connection_t *c = &connections[i];

            fds[i].fd = c->fd;
            fds[i].revents = 0;
            fds[i].events = (short)(POLLIN | (c->out_sent < c->out_length
                                              ? POLLOUT : 0));
            asking += c->fd >= 0;
        }
        if (!asking) {
            return answers_exit();
        }
        poll(fds, (nfds_t)count, 1000);
        for (i = 0; i < count; i++) {
            connection_t *c = &connections[i];

            if (c->fd >= 0 && fds[i].revents) {
                handle(c, fds[i].revents);
            }
            else if (c->fd >= 0 && time(NULL) - c->since > PATIENCE) {
                c->answered = 0;
                ended(c, "waited too long");
            }
        }
    }
}
