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

#include "cases.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TELL_EACH 100
#define WRONG_MAX 20

static case_t cases[2048];
static unsigned int case_count;
static unsigned long done, again, wrong, told;
static unsigned int state = 2463534242U;

/* How often something came since it was told last. */
static struct {
    char what[32];
    unsigned long count;
} counts[64];

static void fail(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(2);
}

/* Undo \r, \n, \\ and \xHH; returns the length. */
static size_t unescape(char *text)
{
    char *in = text, *out = text;

    while (*in) {
        if (*in != '\\') {
            *out++ = *in++;
            continue;
        }
        switch (in[1]) {
        case 'r': *out++ = '\r'; in += 2; break;
        case 'n': *out++ = '\n'; in += 2; break;
        case 'x': {
            char digits[3] = { in[2], in[3], '\0' };

            *out++ = (char)strtol(digits, NULL, 16);
            in += 4;
            break;
        }
        default: *out++ = in[1]; in += 2;
        }
    }
    *out = '\0';
    return (size_t)(out - text);
}

/* A line has name, flags (2: over HTTP/2 too, L: the last one), request, and
 * what is wanted under A and under B, with tabs between. */
void cases_read(const char *file, int is_http2)
{
    char *line = NULL;
    size_t size = 0;
    FILE *in = fopen(file, "r");

    if (!in) {
        fail("no cases");
    }
    while (getline(&line, &size, in) > 0) {
        case_t *one = &cases[case_count];
        char *rest = line;
        char *flags;

        line[strcspn(line, "\n")] = '\0';
        one->name = strsep(&rest, "\t");
        flags = strsep(&rest, "\t");
        one->request = strsep(&rest, "\t");
        one->want[0] = strsep(&rest, "\t");
        one->want[1] = rest;
        if (!rest) {
            fail("a case is not complete");
        }
        one->is_http2 = strchr(flags, '2') != NULL;
        one->is_last = strchr(flags, 'L') != NULL;
        one->is_head = !strncmp(one->request, "HEAD ", 5);
        one->length = unescape(one->request);
        line = NULL;
        if (is_http2 && !one->is_http2) {
            continue;
        }
        if (++case_count == sizeof(cases) / sizeof(*cases)) {
            fail("too many cases");
        }
    }
    fclose(in);
    if (!case_count) {
        fail("no cases");
    }
    state ^= (unsigned int)time(NULL);
    fprintf(stderr, "seed %u\n", state);
}

unsigned int cases_random(unsigned int limit)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

const case_t *cases_pick(void)
{
    return &cases[cases_random(case_count)];
}

static void count(const char *what)
{
    unsigned int i;

    for (i = 0; i < sizeof(counts) / sizeof(*counts) - 1; i++) {
        if (!counts[i].what[0]) {
            snprintf(counts[i].what, sizeof(counts[i].what), "%s", what);
        }
        if (!strcmp(counts[i].what, what)) {
            counts[i].count++;
            return;
        }
    }
}

void answer_begin(answer_t *answer, int status)
{
    answer->status = status;
    answer->policy[0] = '\0';
    answer->count = 0;
}

void answer_field(answer_t *answer, const char *name, size_t name_length,
                  const char *value, size_t value_length)
{
    static const char *const prefixes[] = {
        "access-control-", "cors-", "timing-allow-origin", "vary"
    };
    unsigned int i;
    char *field;
    size_t n;

    if (name_length == 8 && !strncasecmp(name, "x-policy", 8)) {
        snprintf(answer->policy, sizeof(answer->policy), "%.*s",
                 (int)value_length, value);
        return;
    }
    for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        n = strlen(prefixes[i]);
        if (name_length < n || strncasecmp(name, prefixes[i], n)
            || answer->count == 32) {
            continue;
        }
        field = malloc(name_length + value_length + 3);
        for (n = 0; n < name_length; n++) {
            field[n] = (char)tolower((unsigned char)name[n]);
        }
        sprintf(field + n, ": %.*s", (int)value_length, value);
        answer->fields[answer->count++] = field;
        return;
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void tell(const case_t *one, const char *what, const char *got,
                 const char *want)
{
    if (wrong++ < WRONG_MAX) {
        printf("wrong %s: %s\n  got  %.300s\n  want %.300s\n", one->name,
               what, got, want);
        fflush(stdout);
    }
}

/* Whether a status is among those of "200,502|...": where the fields begin. */
static const char *fields_of(const char *want, int status)
{
    char text[8];
    const char *end = strchr(want, '|');
    const char *found;

    snprintf(text, sizeof(text), "%d", status);
    found = strstr(want, text);
    return found && end && found < end ? end + 1 : NULL;
}

void answer_end(answer_t *answer, const case_t *one)
{
    static char got[32768];
    const char *want, *fields;
    char text[32];
    size_t length = 0;
    int i;

    qsort(answer->fields, (size_t)answer->count, sizeof(char *), compare);
    got[0] = '\0';
    for (i = 0; i < answer->count; i++) {
        length += (size_t)snprintf(got + length, sizeof(got) - length,
                                   "%s%s", i ? "|" : "", answer->fields[i]);
        free(answer->fields[i]);
    }
    snprintf(text, sizeof(text), "status=%d", answer->status);
    count(text);
    snprintf(text, sizeof(text), "policy=%.20s", answer->policy);
    count(text);
    done++;
    if (answer->policy[0] != 'A' && answer->policy[0] != 'B') {
        tell(one, "answered under no policy", text, got);
        return;
    }
    want = one->want[answer->policy[0] - 'A'];
    fields = fields_of(want, answer->status);
    if (!fields || strcmp(fields, got)) {
        char status[64];

        snprintf(status, sizeof(status), "under %s, status %d",
                 answer->policy, answer->status);
        tell(one, status, got, want);
    }
    answers_tell(0);
}

void answer_missing(const case_t *one, const char *why)
{
    tell(one, "no answer", why, "an answer");
    done++;
}

void answer_again(void)
{
    again++;
}

unsigned long answers(void)
{
    return done;
}

void answers_tell(int is_forced)
{
    unsigned int i;

    if (!is_forced && done - told < TELL_EACH) {
        return;
    }
    printf("done=%lu again=%lu wrong=%lu", done, again, wrong);
    for (i = 0; counts[i].what[0]; i++) {
        printf(" %s:%lu", counts[i].what, counts[i].count);
    }
    printf("\n");
    fflush(stdout);
    memset(counts, 0, sizeof(counts));
    told = done;
}

int answers_exit(void)
{
    answers_tell(1);
    return wrong ? 1 : 0;
}
