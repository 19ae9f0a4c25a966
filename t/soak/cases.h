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

/* What the clients of t/soak.pl share: the cases, each a request and what has
 * to be answered under either policy, and the count of what came. */

#ifndef CASES_H
#define CASES_H

#include <stddef.h>

typedef struct {
    char *name;
    char *request;              /* as it goes over HTTP/1 */
    size_t length;
    int is_http2;               /* may be asked over HTTP/2 as well */
    int is_head;
    int is_last;                /* the server closes the connection */
    char *want[2];              /* under the policies A and B */
} case_t;

/* What an answer has that matters. */
typedef struct {
    int status;
    char policy[32];            /* X-Policy: what it was answered under */
    char *fields[32];           /* of CORS and Vary, "name: value" */
    int count;
} answer_t;

/* Read the cases; does not return if they cannot be read. */
void cases_read(const char *file, int is_http2);

/* One of them, by chance. */
const case_t *cases_pick(void);

/* A number below the limit, by chance. */
unsigned int cases_random(unsigned int limit);

void answer_begin(answer_t *answer, int status);
void answer_field(answer_t *answer, const char *name, size_t name_length,
                  const char *value, size_t value_length);

/* An answer is complete: compare it with what is wanted, and count it.  Tells
 * what is wrong. */
void answer_end(answer_t *answer, const case_t *one);

/* A request that has no answer and should have one. */
void answer_missing(const case_t *one, const char *why);

/* A request that has to be sent again, as a connection has ended before the
 * server has seen it. */
void answer_again(void);

/* How many answers there were. */
unsigned long answers(void);

/* Tell how far it is, if that is due or forced. */
void answers_tell(int is_forced);

/* What the program ends with. */
int answers_exit(void);

#endif
