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

#include <stdlib.h>

#include <apr_lib.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_sample.h"
#include "cors_token.h"

/* Deeper groups are not read, lest they take all of the stack. */
#define DEPTH_MAX 16

/* Where the reading of an expression stands. */
typedef struct {
    const char *next;
    cors_sample_t *sample;
    unsigned int alternative;
    cors_sample_extent_t extent;
    unsigned int depth;
} reader_t;

/* How often something has to stand, and whether it can more than once. */
typedef struct {
    unsigned long min;
    int can_repeat;
} quantity_t;

/* A class in brackets, as far as it has been read. */
typedef struct {
    char first;             /* what it has; 0: nothing yet */
    unsigned int has;       /* bit n: the nth of what samples prefer */
    int is_wide;            /* has more than single bytes */
} class_t;

/* What samples take of a class, if it has that. */
static const char preferred[] = "a1-.";

static void read_alternatives(reader_t *reader);

void cors_sample_put(cors_sample_t *sample, char c, unsigned char kind)
{
    if (sample->len < CORS_ORIGIN_MAX) {
        sample->text[sample->len] = (char)apr_tolower(c);
        sample->text[sample->len + 1] = '\0';
        sample->kind[sample->len] = kind;
    }
    if (sample->len <= CORS_ORIGIN_MAX) {
        sample->len++;
    }
}

void cors_sample_cut(cors_sample_t *sample, apr_size_t len)
{
    sample->len = len;
    if (len <= CORS_ORIGIN_MAX) {
        sample->text[len] = '\0';
    }
}

static void put(const reader_t *reader, char c)
{
    cors_sample_put(reader->sample, c, CORS_BYTE_FIXED);
}

/* Put what stands for others: where a port is, digits do best. */
static void put_free(const reader_t *reader, char c)
{
    const cors_sample_t *sample = reader->sample;
    const int is_port = sample->len && sample->len <= CORS_ORIGIN_MAX
                        && sample->text[sample->len - 1] == ':';

    if (is_port) {
        c = '1';
    }
    cors_sample_put(reader->sample, c, CORS_BYTE_FREE);
}

static void read_quoted(reader_t *reader)
{
    while (*reader->next && strncmp(reader->next, "\\E", 2) != 0) {
        put(reader, *reader->next++);
    }
}

static void read_escape(reader_t *reader)
{
    const char c = reader->next[1];

    reader->next += c ? 2 : 1;
    if (c == 'Q') {
        read_quoted(reader);
    }
    else if (c == 'd') {
        put_free(reader, '1');
    }
    else if (c == 'W') {
        put_free(reader, '-');
    }
    else if (c && strchr("wDSNHVXpP", c)) {
        put_free(reader, 'a');
        if (*reader->next == '{') {
            reader->next += strcspn(reader->next, "}");
            reader->next += *reader->next == '}';
        }
    }
    else if (c && !apr_isalnum(c)) {
        put(reader, c);
    }
    /* What is left are anchors, and bytes that no origin has. */
}

static void add_range(class_t *class, unsigned char low, unsigned char high)
{
    unsigned int i;

    if (!class->first) {
        class->first = (char)low;
    }
    for (i = 0; i < CORS_LEN(preferred); i++) {
        const unsigned char c = (unsigned char)preferred[i];

        if (c >= low && c <= high) {
            class->has |= 1U << i;
        }
    }
    class->is_wide |= high > low;
}

/* Add what a letter after a backslash stands for, or the byte itself. */
static void add_escape(class_t *class, char c)
{
    if (!apr_isalnum(c)) {
        add_range(class, (unsigned char)c, (unsigned char)c);
        return;
    }
    class->is_wide = 1;
    if (c == 'd' || c == 'w' || c == 'S') {
        add_range(class, '0', '9');
    }
    if (strchr("wDSpP", c)) {
        add_range(class, 'a', 'z');
    }
    if (c == 'W' || c == 'D' || c == 'S') {
        add_range(class, '-', '.');
    }
}

/* Add what stands next in a class; returns what follows it. */
static const char *add_member(class_t *class, const char *next)
{
    static const char letters[] = "^abcdefghijklmnopqrstuvwxyz";
    const unsigned char c = (unsigned char)*next;

    if (c == '[' && next[1] == ':') {
        const char *end = next + 2 + strspn(next + 2, letters);

        if (!strncmp(end, ":]", 2)) {
            add_escape(class, strncmp(next, "[:digit", 7) ? 'w' : 'd');
            return end + 2;
        }
    }
    if (c == '\\' && next[1]) {
        add_escape(class, next[1]);
        return next + 2;
    }
    if (next[1] == '-' && next[2] && next[2] != ']') {
        add_range(class, c, (unsigned char)next[2]);
        return next + 3;
    }
    add_range(class, c, c);
    return next + 1;
}

static void read_class(reader_t *reader)
{
    const char *next = reader->next + 1;
    const unsigned int is_negated = *next == '^';
    class_t class = { 0 };
    unsigned int i;

    next += is_negated;
    do {                /* a "]" that stands first is no end */
        if (*next) {
            next = add_member(&class, next);
        }
    } while (*next && *next != ']');
    reader->next = next + (*next == ']');
    for (i = 0; i < CORS_LEN(preferred); i++) {
        if (((class.has >> i) & 1) != is_negated) {
            class.first = preferred[i];
            break;
        }
    }
    if (class.first && (is_negated || class.is_wide)) {
        put_free(reader, class.first);
    }
    else if (class.first) {
        put(reader, class.first);
    }
}

/* Read what stands between "(?" and the content.  Returns whether the group
 * looks ahead or behind. */
static int read_group_head(reader_t *reader)
{
    const char *next = reader->next + 1;
    const int is_behind = *next == '<';

    if (next[is_behind] == '=' || next[is_behind] == '!') {
        reader->next = next + is_behind + 1;
        return 1;
    }
    next += strcspn(next, *next == '#' ? ")" : ":>|)");
    reader->next = next + (*next && *next != ')');
    return 0;
}

static void read_group(reader_t *reader)
{
    const apr_size_t start = reader->sample->len;
    int looks = 0;

    reader->next++;
    if (++reader->depth > DEPTH_MAX) {
        reader->next += strlen(reader->next);
        return;
    }
    if (*reader->next == '?') {
        looks = read_group_head(reader);
    }
    else if (*reader->next == '*') {        /* a verb */
        reader->next += strcspn(reader->next, ")");
    }
    read_alternatives(reader);
    reader->next += *reader->next == ')';
    if (looks) {
        cors_sample_cut(reader->sample, start);
    }
    if (reader->depth <= DEPTH_MAX) {
        reader->depth--;
    }
}

static void read_atom(reader_t *reader)
{
    switch (*reader->next) {
    case '\\':
        read_escape(reader);
        break;
    case '[':
        read_class(reader);
        break;
    case '(':
        read_group(reader);
        break;
    case '.':
        reader->next++;
        cors_sample_put(reader->sample, '.', CORS_BYTE_DOT);
        break;
    case '^':
    case '$':
        reader->next++;
        break;
    default:
        put(reader, *reader->next++);
        break;
    }
}

static quantity_t read_quantity(reader_t *reader)
{
    quantity_t quantity = { 1, 0 };
    const char *next = reader->next;

    if (*next == '*' || *next == '+' || *next == '?') {
        quantity.min = *next == '+';
        quantity.can_repeat = *next != '?';
        next++;
    }
    else if (*next == '{' && apr_isdigit(next[1])) {
        quantity.min = strtoul(next + 1, NULL, 10);
        quantity.can_repeat = 1;
        next += strcspn(next, "}");
        next += *next == '}';
    }
    if (next > reader->next && (*next == '?' || *next == '+')) {
        next++;             /* lazy or possessive */
    }
    reader->next = next;
    return quantity;
}

/* Whether the sample has what it may do without, and has from start. */
static int is_taken(const reader_t *reader, apr_size_t start, int is_group)
{
    const cors_sample_t *sample = reader->sample;
    const char *scheme_end = strstr(sample->text, "://");
    const char c = sample->text[start];

    if ((c == ':' || c == '/') && scheme_end
        && scheme_end + CORS_LEN("://") <= sample->text + start) {
        return 0;
    }
    if (is_group) {
        return reader->extent >= CORS_SAMPLE_GROUPS;
    }
    return sample->kind[start] == CORS_BYTE_FREE
           || reader->extent == CORS_SAMPLE_MOST;
}

static void read_piece(reader_t *reader)
{
    cors_sample_t *sample = reader->sample;
    const apr_size_t start = sample->len;
    const int is_group = *reader->next == '(';
    quantity_t quantity;
    apr_size_t len;
    apr_size_t i;

    read_atom(reader);
    quantity = read_quantity(reader);
    len = sample->len - start;
    if (!len || start >= CORS_ORIGIN_MAX) {
        return;
    }
    if (len == 1 && sample->kind[start] == CORS_BYTE_DOT
        && quantity.can_repeat) {
        cors_sample_cut(sample, start);
        put_free(reader, 'a');
    }
    if (!quantity.min && !is_taken(reader, start, is_group)) {
        cors_sample_cut(sample, start);
    }
    for (; quantity.min > 1 && sample->len <= CORS_ORIGIN_MAX;
         quantity.min--) {
        for (i = start; i < start + len; i++) {
            cors_sample_put(sample, sample->text[i], sample->kind[i]);
        }
    }
}

static void read_sequence(reader_t *reader)
{
    while (*reader->next && *reader->next != '|' && *reader->next != ')') {
        read_piece(reader);
    }
}

/* Read all alternatives, and keep the one that is asked for. */
static void read_alternatives(reader_t *reader)
{
    cors_sample_t *sample = reader->sample;
    const apr_size_t start = sample->len;
    unsigned int i;

    read_sequence(reader);
    for (i = 1; *reader->next == '|'; i++) {
        const apr_size_t end = sample->len;

        reader->next++;
        if (i <= reader->alternative) {
            cors_sample_cut(sample, start);
            read_sequence(reader);
        }
        else {
            sample->has_more = 1;
            read_sequence(reader);
            cors_sample_cut(sample, end);
        }
    }
}

int cors_sample_read(cors_sample_t *sample, const char *expression,
                     unsigned int alternative, cors_sample_extent_t extent)
{
    reader_t reader = { expression, sample, alternative, extent, 0 };

    sample->has_more = 0;
    cors_sample_cut(sample, 0);
    read_alternatives(&reader);
    return reader.depth == 0 && sample->len <= CORS_ORIGIN_MAX;
}
