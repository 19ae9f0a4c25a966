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

#ifndef CORS_TAP_H
#define CORS_TAP_H

/**
 * @file tap.h
 * What a unit test needs to speak TAP: checks that name the rule they check
 * and say where, what was got and what was wanted; the plan stands at the end.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

/** How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** Checks; what follows is the name of the test, as printf() takes it. */
#define ok(cond, ...) \
    tap_check(!!(cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) \
    tap_is_str(got, want, __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) \
    tap_is_int((long)(got), (long)(want), __FILE__, __LINE__, __VA_ARGS__)

static int tap_count;
static int tap_failures;

/* Bytes that TAP or a terminal would take for more than text are escaped, and
 * long texts are cut. */
static inline void tap_put(const char *text)
{
    int i;

    for (i = 0; text[i] && i < 400; i++) {
        const unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c > 0x7e) {
            printf("\\x%02x", c);
        }
        else if (c == '#') {
            printf("\\#");
        }
        else {
            putchar(c);
        }
    }
    if (text[i]) {
        printf("... (%lu bytes)", (unsigned long)strlen(text));
    }
}

static inline void tap_put_quoted(const char *label, const char *text)
{
    printf("#   %s ", label);
    if (text) {
        putchar('"');
        tap_put(text);
        putchar('"');
    }
    else {
        printf("NULL");
    }
    putchar('\n');
}

/* Print the line of one test, and where it stands if it failed. */
static inline int tap_line(int passed, const char *file, int line,
                           const char *name, va_list args)
{
    char text[1024];

    vsnprintf(text, sizeof(text), name, args);
    printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
    tap_put(text);
    putchar('\n');
    if (!passed) {
        tap_failures++;
        printf("#   at %s:%d\n", file, line);
    }
    return passed;
}

__attribute__((format(printf, 4, 5)))
static inline int tap_check(int passed, const char *file, int line,
                            const char *name, ...)
{
    va_list args;

    va_start(args, name);
    tap_line(passed, file, line, name, args);
    va_end(args);
    return passed;
}

__attribute__((format(printf, 5, 6)))
static inline int tap_is_str(const char *got, const char *want,
                             const char *file, int line,
                             const char *name, ...)
{
    const int passed = got && want ? !strcmp(got, want) : got == want;
    va_list args;

    va_start(args, name);
    tap_line(passed, file, line, name, args);
    va_end(args);
    if (!passed) {
        tap_put_quoted("got: ", got);
        tap_put_quoted("want:", want);
    }
    return passed;
}

__attribute__((format(printf, 5, 6)))
static inline int tap_is_int(long got, long want, const char *file, int line,
                             const char *name, ...)
{
    va_list args;

    va_start(args, name);
    tap_line(got == want, file, line, name, args);
    va_end(args);
    if (got != want) {
        printf("#   got:  %ld\n#   want: %ld\n", got, want);
    }
    return got == want;
}

/** Start APR; the pool lives until tap_end(). */
static inline apr_pool_t *tap_begin(void)
{
    apr_pool_t *pool;

    /* What a crash leaves unsaid would hide where it happened. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (apr_initialize() != APR_SUCCESS
        || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        printf("Bail out! no pool\n");
        exit(EXIT_FAILURE);
    }
    return pool;
}

/** Print the plan; what main() returns. */
static inline int tap_end(apr_pool_t *pool)
{
    apr_pool_destroy(pool);
    apr_terminate();
    printf("1..%d\n", tap_count);
    return tap_failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* CORS_TAP_H */
