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


#ifndef CORS_FUZZ_H
#define CORS_FUZZ_H

/**
 * @file fuzz.h
 * What a fuzz target is made of: it takes lines of text from an input, and
 * says what must hold of what the module makes of them.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_pools.h>
#include <apr_strings.h>

/** How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** What is left of an input. */
typedef struct input_t {
    const uint8_t *next;
    size_t left;
    apr_pool_t *pool;       /* for as long as the input is looked at */
} input_t;

/**
 * The target: looks at one input.  Whatever that is, a target comes back, or
 * what must() say has found a fault.
 */
void fuzz(input_t *input);

/**
 * The next line, or all that is left; a NUL byte ends a line too.  NULL at the
 * end of the input.  It stands in memory of its own, so that the sanitizers
 * see who reads beyond it; like all that is allocated in a pool.
 */
char *take_line(input_t *input);

/** Likewise; empty instead of NULL. */
char *need_line(input_t *input);

/**
 * Take the next word off a text; NULL at its end.  A word ends at blanks.
 */
char *take_word(char **text);

/** What must hold; what follows says, as printf() does, what does not. */
#define must(cond, ...) \
    do { \
        if (!(cond)) { \
            broken(__FILE__, __LINE__, #cond, __VA_ARGS__); \
        } \
    } while (0)

__attribute__((format(printf, 4, 5), noreturn))
void broken(const char *file, int line, const char *cond, const char *format,
            ...);

/** Whether text can stand in a field: visible ASCII and single blanks, none at
 * its ends. */
int is_field_value(const char *text);

/** "(none)" for NULL. */
#define SHOWN(text) ((text) ? (text) : "(none)")

#endif /* CORS_FUZZ_H */
