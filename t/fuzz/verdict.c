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
 * The whole verdict from bytes: sections as ref_policy.h reads them, a line
 * "/" before each inner one; then the request:
 *
 *     k method   o Origin   m, h: what a preflight asks   p private network
 *     f names of the response's fields
 *
 * The verdict is that of the reference, and a browser that gets the answer does
 * what the policy allows, and nothing else.
 */

#include "lib/browser.h"
#include "lib/ref_policy.h"

#define SECTIONS_MAX 4

typedef struct {
    const char *method;
    cors_asked_t asked;
    apr_table_t *fields;
} request_t;

static both_t read_policy(char **line, input_t *input, int inwards)
{
    both_t section[SECTIONS_MAX];
    both_t all;
    int count = 0;
    int i;

    do {
        if (*line && **line == '/') {
            (*line)++;
        }
        section[count++] = ref_policy_read(line, input);
    } while (*line && **line == '/' && count < SECTIONS_MAX);
    all = section[inwards ? 0 : count - 1];
    for (i = 1; i < count; i++) {
        all = inwards ? ref_policy_merge(all, section[i], input->pool)
                      : ref_policy_merge(section[count - 1 - i], all,
                                         input->pool);
    }
    return all;
}

static void add_fields(apr_table_t *fields, char *line)
{
    char *word;

    while ((word = take_word(&line)) != NULL) {
        if (ref_is_token(word)) {
            apr_table_addn(fields, word, "x");
        }
    }
}

static request_t read_request(char *line, input_t *input)
{
    request_t request = { "OPTIONS", { CORS_NONE } };

    request.fields = apr_table_make(input->pool, 4);
    for (; line; line = take_line(input)) {
        switch (*line) {
        case 'k':
            request.method = line + 1;
            break;
        case 'o':
            request.asked.origin = line + 1;
            break;
        case 'm':
            request.asked.method = line + 1;
            break;
        case 'h':
            request.asked.headers = line + 1;
            break;
        case 'p':
            request.asked.private_network = 1;
            break;
        case 'f':
            add_fields(request.fields, line + 1);
            break;
        default:
            break;
        }
    }
    request.asked.kind = cors_kind(request.method, request.asked.origin,
                                   request.asked.method);
    return request;
}

/* design.md, 3. */
static cors_reason_t reason_of(const ref_policy_t *policy,
                               const cors_asked_t *asked, apr_pool_t *pool)
{
    if (!ref_policy_any_origin(policy) && asked->kind != CORS_NONE) {
        if (!ref_is_origin(asked->origin)) {
            return CORS_ORIGIN_MALFORMED;
        }
        if (!ref_policy_has(policy, CORS_LIST_ORIGINS, asked->origin)) {
            return CORS_ORIGIN_NOT_ALLOWED;
        }
    }
    if (asked->kind != CORS_PREFLIGHT) {
        return CORS_GRANTED;
    }
    if (!ref_policy_method(policy, asked->method)) {
        return CORS_METHOD_NOT_ALLOWED;
    }
    switch (ref_scan(policy->list[CORS_LIST_HEADERS],
                     asked->headers ? asked->headers : "", pool)) {
    case CORS_SCAN_COVERED:
        return CORS_GRANTED;
    case CORS_SCAN_UNCOVERED:
        return CORS_HEADER_NOT_ALLOWED;
    default:
        return CORS_HEADER_MALFORMED;
    }
}

/* design.md, 3.1: the first two rows of the table. */
static void check_origin(const cors_verdict_t *verdict,
                         const ref_policy_t *policy,
                         const cors_asked_t *asked)
{
    const int any = ref_policy_any_origin(policy);
    const int may = !any && asked->kind != CORS_NONE
                    && ref_policy_credentials(policy, asked->origin);
    const char *want = any ? "*" : asked->kind == CORS_NONE ? NULL
                       : !may && ref_says(policy->list[CORS_LIST_ORIGINS],
                                          "*") ? "*" : asked->origin;
    const char *got = verdict->allow_origin;

    must(got ? want && !strcmp(got, want) : !want, "%s, not %s", SHOWN(got),
         SHOWN(want));
    must(verdict->credentials == may, "credentials");
    must(!verdict->credentials || strcmp(got, "*"), "credentials with *");
    must(!verdict->credentials || strcmp(got, "null"), "with null");
}

static void check_value(const char *value)
{
    must(!value || is_field_value(value), "\"%s\"", value);
}

static void check_values(const cors_verdict_t *verdict, apr_pool_t *pool)
{
    check_value(verdict->allow_origin);
    check_value(verdict->allow_methods);
    check_value(verdict->allow_headers);
    check_value(verdict->max_age);
    check_value(cors_verdict_debug(verdict, pool));
    check_value(cors_verdict_vary(verdict));
}

/* Nothing that would grant anything. */
static void check_nothing(const cors_verdict_t *verdict,
                          const request_t *request, apr_pool_t *pool)
{
    const apr_table_t *tables[] = { request->fields, NULL };
    static const char *const more[] = { NULL };

    must(!verdict->allow_origin && !verdict->credentials
         && !verdict->allow_methods && !verdict->allow_headers
         && !verdict->max_age && !verdict->allow_private_network,
         "a refusal grants something");
    must(!cors_verdict_expose(verdict, tables, more, pool), "it exposes");
    must(!cors_verdict_is_answer(verdict)
         || cors_verdict_status(verdict) == 403, "its status");
}

/* The names that a preflight asks for, or NULL if a browser would not. */
static const apr_array_header_t *names_of(const cors_asked_t *asked,
                                          apr_pool_t *pool)
{
    const apr_array_header_t *names =
        ref_elements(asked->headers ? asked->headers : "", pool);
    int i;

    for (i = 0; i < names->nelts; i++) {
        if (!ref_is_token(APR_ARRAY_IDX(names, i, char *))) {
            return NULL;
        }
    }
    return names;
}

/* Whether a browser sends the request that the preflight was for. */
static int goes_on(const cors_verdict_t *verdict, const cors_asked_t *asked,
                   int includes, apr_pool_t *pool)
{
    const apr_array_header_t *names = names_of(asked, pool);
    int i;

    for (i = 0; names && i < names->nelts; i++) {
        if (!browser_goes_on(verdict, asked->origin, asked->method,
                             APR_ARRAY_IDX(names, i, char *), includes,
                             pool)) {
            return 0;
        }
    }
    return names && browser_goes_on(verdict, asked->origin, asked->method,
                                    NULL, includes, pool);
}

/* What else a browser would send after this answer, which it keeps, is allowed
 * too. */
static void check_kept(const cors_verdict_t *verdict,
                       const ref_policy_t *policy, cors_list_t which,
                       const char *name, const cors_asked_t *asked,
                       apr_pool_t *pool)
{
    const int is_method = which == CORS_LIST_METHODS;
    int includes;

    for (includes = 0; includes <= 1; includes++) {
        if (browser_goes_on(verdict, asked->origin, is_method ? name : "GET",
                            is_method ? NULL : name, includes, pool)) {
            must(is_method ? ref_policy_method(policy, name)
                           : ref_policy_header(policy, name),
                 "\"%s\" is let through by methods %s, headers %s", name,
                 SHOWN(verdict->allow_methods),
                 SHOWN(verdict->allow_headers));
        }
    }
}

static void check_all_kept(const cors_verdict_t *verdict,
                           const ref_policy_t *policy, cors_list_t which,
                           const cors_asked_t *asked, apr_pool_t *pool)
{
    const apr_array_header_t *list = policy->list[which];
    int i;

    check_kept(verdict, policy, which, "authorization", asked, pool);
    check_kept(verdict, policy, which, "X-PROBE", asked, pool);
    for (i = 0; list && i < list->nelts; i++) {
        const char *name = APR_ARRAY_IDX(list, i, ref_entry_t).text;

        if (!strchr(name, '*') && strcasecmp(name, "CONNECT")
            && strcasecmp(name, "TRACE") && strcasecmp(name, "TRACK")) {
            check_kept(verdict, policy, which, name, asked, pool);
        }
    }
}

/* A browser does what the verdict says. */
static void check_browser(const cors_verdict_t *verdict,
                          const ref_policy_t *policy,
                          const cors_asked_t *asked, apr_pool_t *pool)
{
    const int granted = verdict->reason == CORS_GRANTED;
    int includes;

    for (includes = 0; includes <= 1; includes++) {
        const int wants = granted && (!includes || verdict->credentials);

        if (asked->kind == CORS_ACTUAL) {
            must(browser_check(verdict, asked->origin, includes) == wants,
                 "an actual request");
        }
        else if (verdict->reason != CORS_HEADER_MALFORMED) {
            must(goes_on(verdict, asked, includes, pool) == wants,
                 "a preflight, %s", SHOWN(verdict->allow_headers));
        }
    }
    if (asked->kind == CORS_PREFLIGHT) {
        check_all_kept(verdict, policy, CORS_LIST_METHODS, asked, pool);
        check_all_kept(verdict, policy, CORS_LIST_HEADERS, asked, pool);
    }
}

/* design.md, 3.2; what a browser that gets no credentials takes `*` for. */
static void check_exposed(const cors_verdict_t *verdict,
                          const ref_policy_t *policy,
                          const request_t *request, apr_pool_t *pool)
{
    const apr_array_header_t *list = policy->list[CORS_LIST_EXPOSE];
    const apr_table_t *tables[] = { request->fields, NULL };
    static const char *const more[] = { "Date", NULL };
    const char *exposed = cors_verdict_expose(verdict, tables, more, pool);
    const apr_array_header_t *names = ref_elements(exposed ? exposed : "",
                                                   pool);
    int i;

    check_value(exposed);
    must(!exposed || (verdict->allow_origin
                      && verdict->kind != CORS_PREFLIGHT), "%s", exposed);
    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, char *);

        must(list && ref_has(list, name, ref_covers_header), "%s", exposed);
        must(strcmp(name, "*") || !ref_has_sign(list, 1), "%s", exposed);
    }
}

static int same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* What does not vary is the same for another origin. */
static void check_steady(const cors_verdict_t *verdict,
                         const both_t *both, cors_asked_t asked,
                         const char *origin, apr_pool_t *pool)
{
    cors_verdict_t other;

    asked.origin = origin;
    cors_decide(&other, both->policy, &asked, pool);
    must(!other.varies && other.reason == verdict->reason
         && same(other.allow_origin, verdict->allow_origin)
         && same(other.allow_methods, verdict->allow_methods)
         && same(other.allow_headers, verdict->allow_headers)
         && same(other.max_age, verdict->max_age)
         && !other.credentials && !verdict->credentials,
         "another verdict for \"%s\"", origin);
}

static void check_verdict(const both_t *both, const request_t *request,
                          apr_pool_t *pool)
{
    const cors_asked_t *asked = &request->asked;
    const int is_debug = both->policy->setting[CORS_DEBUG];
    const cors_reason_t want = reason_of(&both->ref, asked, pool);
    cors_verdict_t verdict;

    memset(&verdict, 0xff, sizeof(verdict));
    cors_decide(&verdict, both->policy, asked, pool);
    must(verdict.reason == want, "%s, not %s",
         SHOWN(cors_reason_word(verdict.reason)),
         SHOWN(cors_reason_word(want)));
    must(!!verdict.varies == !ref_policy_any_origin(&both->ref), "varies");
    check_values(&verdict, pool);
    check_exposed(&verdict, &both->ref, request, pool);
    if (verdict.reason == CORS_GRANTED) {
        check_origin(&verdict, &both->ref, asked);
    }
    else if (!is_debug) {
        check_nothing(&verdict, request, pool);
    }
    if (asked->kind != CORS_NONE) {
        check_browser(&verdict, &both->ref, asked, pool);
    }
    if (!verdict.varies) {
        check_steady(&verdict, both, *asked, "https://other.test", pool);
        check_steady(&verdict, both, *asked, "no origin", pool);
    }
    cors_verdict_refuse(&verdict, CORS_PREFLIGHT_REDIRECTED);
    if (!is_debug) {
        check_nothing(&verdict, request, pool);
    }
    check_values(&verdict, pool);
}

void fuzz(input_t *input)
{
    const input_t all = *input;
    int inwards;

    for (inwards = 0; inwards <= 1; inwards++) {
        char *line;
        both_t both;
        request_t request;

        *input = all;
        line = take_line(input);
        both = read_policy(&line, input, inwards);
        must(cors_policy_has_origins(both.policy)
             == ref_policy_has_origins(&both.ref), "has origins");
        if (!cors_policy_in_force(both.policy)) {
            return;
        }
        request = read_request(line, input);
        check_verdict(&both, &request, input->pool);
    }
}
