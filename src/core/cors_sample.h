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

#ifndef CORS_SAMPLE_H
#define CORS_SAMPLE_H

/**
 * @file cors_sample.h
 * Samples of an expression: texts that it should match, and of each byte
 * whether the expression demands it.
 *
 * The reader knows of PCRE's syntax what expressions for origins are made of,
 * and skips the rest.  A sample is thus a guess: what is made of it has to be
 * tried on the expression itself.
 */

#include "cors_origin.h"

/** What a byte of a sample is to the expression; in this order. */
enum {
    CORS_BYTE_FIXED,        /* stands there */
    CORS_BYTE_DOT,          /* stands there, meant as a dot: "." alone */
    CORS_BYTE_FREE          /* one of many that would do: ".*", "[a-z]" */
};

typedef struct cors_sample_t {
    apr_size_t len;                             /* over CORS_ORIGIN_MAX: cut */
    char text[CORS_ORIGIN_MAX + 1];
    unsigned char kind[CORS_ORIGIN_MAX + 1];    /* of each byte */
    unsigned int has_more : 1;      /* there are alternatives beyond */
} cors_sample_t;

/**
 * What samples have of that which may be left out.  Wildcards are never left
 * out, since that is where something else could stand; and paths and ports
 * always are, which would hide what is wrong with the host.
 */
typedef enum {
    CORS_SAMPLE_LEAST,      /* nothing */
    CORS_SAMPLE_GROUPS,     /* what stands in parentheses */
    CORS_SAMPLE_MOST        /* all */
} cors_sample_extent_t;

/**
 * Make a sample of an expression.
 *
 * Takes as long as the expression is, whatever stands in it.
 *
 * @param sample filled in
 * @param expression PCRE's syntax, not necessarily well-formed
 * @param alternative which one to take of "a|b|c", counted from 0; the last
 *                    one where there are fewer
 * @param extent what to take of that which may be left out
 * @return nonzero unless the expression is too deep, or the sample too long
 */
int cors_sample_read(cors_sample_t *sample, const char *expression,
                     unsigned int alternative, cors_sample_extent_t extent);

/** Add a byte; those beyond the bounds are only counted. */
void cors_sample_put(cors_sample_t *sample, char c, unsigned char kind);

/** Cut a sample back to len bytes. */
void cors_sample_cut(cors_sample_t *sample, apr_size_t len);

#endif /* CORS_SAMPLE_H */
