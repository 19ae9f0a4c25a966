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
 * Origins as browsers send them: one line, read by the module and by the
 * reference.
 */

#include "../../src/core/cors_origin.h"

#include "lib/reference.h"

/* The parts that were found are the whole text. */
static void check_parts(const cors_origin_t *origin, apr_pool_t *pool)
{
    const char *text = origin->text;
    char *scheme, *host;
    unsigned int port;

    must(origin->len == strlen(text) && origin->len <= CORS_ORIGIN_MAX,
         "%s", text);
    if (cors_origin_is_null(origin)) {
        must(!strcmp(text, "null"), "%s", text);
        must(!cors_origin_equals(origin, "null", "null", 0), "%s", text);
        return;
    }
    must(!strncmp(text + origin->host - 3, "://", 3), "%s", text);
    must(origin->host_end > origin->host && origin->host_end <= origin->len,
         "%s", text);
    must(!text[origin->host_end] || text[origin->host_end] == ':', "%s", text);
    scheme = apr_pstrmemdup(pool, text, origin->host - 3);
    host = apr_pstrmemdup(pool, text + origin->host,
                          origin->host_end - origin->host);
    port = text[origin->host_end] ? (unsigned int)atoi(text + origin->host_end
                                                       + 1)
                                  : cors_default_port(scheme);
    must(cors_origin_equals(origin, scheme, host, port), "%s", text);
    must(!cors_origin_equals(origin, scheme, host, port + 1), "%s", text);
    must(!cors_origin_equals(origin, scheme, apr_pstrcat(pool, "x", host,
                                                         NULL), port),
         "%s", text);
    must(!cors_origin_equals(origin, "x", host, port) || !strcmp(scheme, "x"),
         "%s", text);
}

void fuzz(input_t *input)
{
    const char *text = need_line(input);
    cors_origin_t origin;
    const int reads = cors_origin_read(&origin, text);

    must(!!reads == ref_is_origin(text), "%s", text);
    if (reads) {
        check_parts(&origin, input->pool);
    }
}
