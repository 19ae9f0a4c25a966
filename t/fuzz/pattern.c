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


/*
 * Entries of origin lists: one line.  What is taken is canonical, stays so, and
 * covers an origin that a browser can send; what is not is told with a mend
 * that is taken.
 */

#include "../../src/core/cors_check.h"
#include "../../src/core/cors_origin_set.h"

#include "lib/reference.h"

/* An origin that a canonical pattern covers. */
static char *example_of(const char *pattern, apr_pool_t *pool)
{
    const apr_size_t len = strlen(pattern);
    const int any_port = len > 2 && !strcmp(pattern + len - 2, ":*");
    char *text = apr_pstrmemdup(pool, pattern, any_port ? len - 2 : len);
    char *star = strstr(text, "://*.");

    if (star) {
        star += strlen("://");
        text = apr_pstrcat(pool, apr_pstrmemdup(pool, text,
                                                (apr_size_t)(star - text)),
                           "a.b", star + 1, NULL);
    }
    return any_port ? apr_pstrcat(pool, text, ":8443", NULL) : text;
}

static int covers(const char *pattern, const char *text, apr_pool_t *pool)
{
    cors_origin_set_t *set = cors_origin_set_make(pool);
    cors_origin_t origin;

    cors_origin_set_add(set, pattern, 0);
    return cors_origin_read(&origin, text)
           && cors_origin_set_has(set, &origin);
}

static void check_canonical(const char *pattern, const char *entry,
                            apr_pool_t *pool)
{
    const char *again;
    const char *example;

    must(!cors_origin_pattern(&again, pattern, pool) && again == pattern,
         "\"%s\" becomes \"%s\"", entry, pattern);
    cors_warn_port(entry, pattern, pool);
    if (!strcmp(pattern, "*")) {
        return;
    }
    example = example_of(pattern, pool);
    if (strlen(example) > CORS_ORIGIN_MAX) {
        return;
    }
    must(ref_is_origin(example), "\"%s\": \"%s\"", entry, example);
    must(covers(pattern, example, pool), "\"%s\": \"%s\"", entry, example);
    must(ref_covers_origin(pattern, example), "\"%s\": \"%s\"", entry,
         example);
    must(!covers(pattern, "https://other.test:1", pool)
         || ref_covers_origin(pattern, "https://other.test:1"), "\"%s\"",
         entry);
}

/* A mend that is a whole origin is one that is taken. */
static void check_fault(const char *err, const char *entry, apr_pool_t *pool)
{
    static const char write[] = ": write \"";
    const char *mend = NULL;
    const char *next = strstr(err, entry);
    const char *pattern;

    must(next, "\"%s\": %s", entry, err);
    next += strlen(entry);
    while ((next = strstr(next, write)) != NULL) {
        mend = next + strlen(write);
        next++;
    }
    if (mend && mend[strlen(mend) - 1] == '"' && strstr(mend, "://")) {
        mend = apr_pstrmemdup(pool, mend, strlen(mend) - 1);
        must(!cors_origin_pattern(&pattern, mend, pool), "\"%s\": %s", entry,
             err);
    }
}

/* What a browser can send can be listed as it is; but for the ports that it
 * leaves out, addresses in a spelling that it does not use, and file:. */
static void check_origin(const char *text, const char *err,
                         const char *pattern)
{
    const char *host = strstr(text, "://");

    if (!host || host[3] == '[' || !strncmp(text, "file:", 5)) {
        return;
    }
    must(err ? strstr(err, "ends in a number") != NULL
             : !strcmp(text, pattern) || strstr(text, ":80")
               || strstr(text, ":443"),
         "\"%s\": %s", text, SHOWN(err));
}

void fuzz(input_t *input)
{
    const char *entry = need_line(input);
    const char *pattern = NULL;
    const char *err = cors_origin_pattern(&pattern, entry, input->pool);

    must(!err == (pattern != NULL), "\"%s\"", entry);
    if (err) {
        check_fault(err, entry, input->pool);
    }
    else {
        check_canonical(pattern, entry, input->pool);
    }
    if (ref_is_origin(entry)) {
        check_origin(entry, err, pattern);
    }
}
