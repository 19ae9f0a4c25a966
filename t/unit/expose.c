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

/* The names of a response's headers that a list exposes. */

#include "../../src/core/cors_expose.h"

#include "lists.h"

#define HIDDEN "Cache-Control Content-Language Content-Length Content-Type " \
               "Expires Last-Modified Pragma " \
               "Set-Cookie Set-Cookie2 " \
               "Connection Keep-Alive Proxy-Authenticate Proxy-Connection " \
               "TE Trailer Transfer-Encoding Upgrade " \
               "Access-Control-Allow-Origin Access-Control-Allow-Methods " \
               "Access-Control-Allow-Headers Access-Control-Max-Age " \
               "Access-Control-Allow-Credentials " \
               "Access-Control-Expose-Headers " \
               "Access-Control-Allow-Private-Network"

static const struct {
    const char *list;
    const char *fields, *err_fields;    /* the names in two tables */
    const char *more;                   /* and of what is added later */
    const char *want, *rule;
} cases[] = {
    { "", "X-A", "X-B", "Date", NULL, "an empty list exposes nothing" },
    { "X-A", "", "", "", "X-A", "a plain name is always sent" },
    { "X-A X-B", "X-B", "", "", "X-A, X-B",
      "all plain names are, in their order" },
    { "X-A", "X-B", "X-C", "Date", "X-A", "and no others" },
    { "X-A X-B -X-A", "X-A X-B", "", "", "X-B",
      "unless they are excluded" },
    { "X-A -X-A", "X-A", "", "", NULL, "or all are" },
    { "*", "X-A", "X-B", "Date", "X-A, X-B, Date",
      "* stands for the names in both tables and for what is added later" },
    { "*", "", "", "", NULL, "nothing stands for *" },
    { "*", "x-a", "", "", "x-a", "a name is sent as the field has it" },
    { "*", "X-A X-A X-A", "X-A", "X-A", "X-A", "repeated fields count once" },
    { "*", "X-A x-a", "X-a", "x-A", "X-A", "in whatever case" },
    { "* X-Z", "X-A X-B", "", "", "X-Z, X-A, X-B",
      "plain names come first" },
    { "* X-A", "X-A x-a X-B", "", "", "X-A, X-B",
      "and are not sent twice" },
    { "* X-A", "", "", "", "X-A", "also where no field is there" },
    { "* -X-A", "X-A X-B", "x-a", "X-A", "X-B", "* without an exclusion" },
    { "* -X-A", "X-A", "", "", NULL, "which leaves nothing" },
    { "* -X-A-*", "X-A-B X-B", "x-a-c", "", "X-B",
      "* without excluded prefixes" },
    { "* X-A -X-A", "X-A X-B", "", "", "X-B",
      "an excluded plain name is not sent" },
    { "X-Rate-*", "X-Rate-A X-B", "x-rate-c", "X-Rate-D",
      "X-Rate-A, x-rate-c, X-Rate-D", "a prefix stands for what begins so" },
    { "X-Rate-* Y", "X-Rate-A", "", "", "Y, X-Rate-A",
      "a prefix and a plain name" },
    { "X-Rate-*", "X-B", "", "", NULL, "a prefix of nothing" },
    { "X-Rate-* -X-Rate-A", "X-Rate-A X-Rate-B", "", "", "X-Rate-B",
      "a prefix without an exclusion" },
    { "*", HIDDEN, HIDDEN, HIDDEN, NULL,
      "what browsers show or hide anyway is left out" },
    { "*", HIDDEN " X-A", HIDDEN, "Date", "X-A, Date",
      "also among other names" },
    { "C* S* P* E* L* K* T* U* A*", HIDDEN, "", "", NULL,
      "prefixes do not cover it either" },
    { "*", "set-cookie SET-COOKIE2 content-TYPE access-control-max-age", "",
      "", NULL, "in whatever case" },
    { "*", "Access-Controlled Set-Cookie3 Cookie Content Content-Types "
      "Pragm", "", "",
      "Access-Controlled, Set-Cookie3, Cookie, Content, Content-Types, "
      "Pragm", "names like these are shown" },
    { "*", "ETag Server Location Content-Range Accept-Ranges "
      "Content-Disposition Retry-After WWW-Authenticate Vary", "", "Date",
      "ETag, Server, Location, Content-Range, Accept-Ranges, "
      "Content-Disposition, Retry-After, WWW-Authenticate, Vary, Date",
      "ordinary fields are" }
};

/* The names of a list, with NULL behind them. */
static const char *const *make_array(const char *list, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 4, sizeof(char *));
    char *rest = apr_pstrdup(pool, list);
    int unused;

    do {
        APR_ARRAY_PUSH(names, const char *) = next_entry(&rest, &unused);
    } while (APR_ARRAY_IDX(names, names->nelts - 1, const char *));
    return (const char *const *)names->elts;
}

int main(void)
{
    apr_pool_t *pool = tap_begin();
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const apr_table_t *const tables[] = {
            make_table(cases[i].fields, pool),
            make_table(cases[i].err_fields, pool), NULL
        };

        is_str(cors_expose(make_names(CORS_HEADERS, cases[i].list,
                                            pool), tables,
                                 make_array(cases[i].more, pool), pool),
               cases[i].want, "\"%s\": %s", cases[i].list, cases[i].rule);
    }
    return tap_end(pool);
}
