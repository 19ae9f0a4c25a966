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

#include <apr_strings.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_check.h"
#include "cors_describe.h"
#include "cors_expose.h"
#include "cors_token.h"
#include "cors_verdict.h"

cors_kind_t cors_kind(const char *method, const char *origin,
                      const char *request_method)
{
    if (!origin) {
        return CORS_NONE;
    }
    return request_method && !strcmp(method, "OPTIONS") ? CORS_PREFLIGHT
                                                        : CORS_ACTUAL;
}

static int method_allowed(const cors_names_t *allowed, const char *method)
{
    return cors_is_safelisted_method(method)
           || (allowed && cors_names_has(allowed, method, strlen(method))
               && cors_is_token(method) && !cors_is_forbidden_method(method));
}

/* The first step: fills in what answers the origin. */
static cors_reason_t decide_origin(cors_verdict_t *verdict,
                                   const cors_policy_t *policy,
                                   const cors_asked_t *asked)
{
    cors_origin_t origin;

    if (!verdict->varies) {
        verdict->allow_origin = "*";
        return CORS_GRANTED;
    }
    if (asked->kind == CORS_NONE) {
        return CORS_GRANTED;
    }
    if (!cors_origin_read(&origin, asked->origin)) {
        return CORS_ORIGIN_MALFORMED;
    }
    if (!cors_origin_set_has(policy->origins, &origin)) {
        return CORS_ORIGIN_NOT_ALLOWED;
    }
    verdict->credentials = cors_policy_credentials(policy, &origin);
    verdict->allow_origin = !verdict->credentials
                            && cors_origin_set_has_any(policy->origins)
                            ? "*" : asked->origin;
    return CORS_GRANTED;
}

static cors_reason_t decide_headers(cors_verdict_t *verdict,
                                    const cors_names_t *allowed,
                                    const char *field)
{
    switch (cors_names_scan(allowed, field, &verdict->culprit,
                            &verdict->culprit_len)) {
    case CORS_SCAN_COVERED:
        return CORS_GRANTED;
    case CORS_SCAN_UNCOVERED:
        return CORS_HEADER_NOT_ALLOWED;
    default:
        return CORS_HEADER_MALFORMED;
    }
}

/* Whether a list that has `*` can be answered with it: browsers take it
 * literally under credentials, and it cannot say what is excluded. */
static int answers_all(const cors_names_t *names,
                       const cors_verdict_t *verdict)
{
    return cors_names_has_all(names) && !verdict->credentials
           && !cors_names_excludes(names);
}

static const char *answer_methods(const cors_verdict_t *verdict,
                                  const cors_names_t *allowed,
                                  const char *requested)
{
    if (!allowed) {
        return NULL;
    }
    if (answers_all(allowed, verdict)) {
        return "*";
    }
    return cors_names_has_all(allowed) ? requested
                                       : cors_names_joined(allowed);
}

static const char *answer_headers(const cors_verdict_t *verdict,
                                  const cors_names_t *allowed,
                                  const char *requested, apr_pool_t *pool)
{
    if (!allowed) {
        return NULL;
    }
    if (answers_all(allowed, verdict)) {
        return cors_names_lists(allowed, "authorization",
                                CORS_LEN("authorization"))
               ? "*, Authorization" : "*";
    }
    if (cors_names_has_all(allowed) || cors_names_has_prefixes(allowed)) {
        return requested ? cors_names_requested(requested, pool) : NULL;
    }
    return cors_names_joined(allowed);
}

/* The second and the third step, and what answers a granted preflight. */
static cors_reason_t decide_preflight(cors_verdict_t *verdict,
                                      const cors_policy_t *policy,
                                      const cors_asked_t *asked,
                                      apr_pool_t *pool)
{
    if (!method_allowed(policy->methods, asked->method)) {
        verdict->culprit = asked->method;
        verdict->culprit_len = cors_is_token(asked->method)
                               ? strlen(asked->method) : 0;
        return CORS_METHOD_NOT_ALLOWED;
    }
    verdict->allow_methods = answer_methods(verdict, policy->methods,
                                            asked->method);
    if (asked->headers) {
        const cors_reason_t reason = decide_headers(verdict, policy->headers,
                                                    asked->headers);

        if (reason != CORS_GRANTED) {
            return reason;
        }
    }
    verdict->allow_headers = answer_headers(verdict, policy->headers,
                                            asked->headers, pool);
    verdict->max_age = policy->max_age;
    verdict->allow_private_network = asked->private_network
                                     && policy->setting[CORS_PRIVATE_NETWORK];
    return CORS_GRANTED;
}

void cors_verdict_refuse(cors_verdict_t *verdict, cors_reason_t reason)
{
    verdict->reason = reason;
    if (!verdict->policy->setting[CORS_DEBUG]) {
        verdict->allow_origin = NULL;
        verdict->credentials = 0;
        verdict->allow_methods = NULL;
        verdict->allow_headers = NULL;
        verdict->max_age = NULL;
        verdict->allow_private_network = 0;
    }
}

void cors_decide(cors_verdict_t *verdict, const cors_policy_t *policy,
                 const cors_asked_t *asked, apr_pool_t *pool)
{
    memset(verdict, 0, sizeof(*verdict));
    verdict->policy = policy;
    verdict->kind = asked->kind;
    verdict->varies = !cors_policy_any_origin(policy);
    verdict->reason = decide_origin(verdict, policy, asked);
    if (verdict->reason == CORS_GRANTED && asked->kind == CORS_PREFLIGHT) {
        verdict->reason = decide_preflight(verdict, policy, asked, pool);
    }
    if (verdict->reason != CORS_GRANTED) {
        cors_verdict_refuse(verdict, verdict->reason);
    }
}

int cors_verdict_is_answer(const cors_verdict_t *verdict)
{
    const unsigned char *setting = verdict->policy->setting;

    return verdict->kind == CORS_PREFLIGHT
           && setting[CORS_PREFLIGHT_BY] == CORS_PREFLIGHT_ANSWER
           && setting[CORS_ENGINE] == CORS_ENGINE_ON;
}

int cors_verdict_status(const cors_verdict_t *verdict)
{
    if (verdict->reason != CORS_GRANTED && !verdict->allow_origin) {
        return 403;
    }
    return verdict->policy->setting[CORS_PREFLIGHT_STATUS]
           == CORS_PREFLIGHT_200 ? 200 : 204;
}

/* How much of a name that a client sent, or of a list, is said. */
#define DEBUG_MAX 200

const char *cors_verdict_debug(const cors_verdict_t *verdict,
                               apr_pool_t *pool)
{
    const cors_policy_t *policy = verdict->policy;
    const int is_method = verdict->reason == CORS_METHOD_NOT_ALLOWED;
    const cors_names_t *names = is_method ? policy->methods : policy->headers;
    const char *allowed = "";
    const char *culprit = "";

    if (!policy->setting[CORS_DEBUG] || verdict->kind == CORS_NONE) {
        return NULL;
    }
    if (verdict->reason == CORS_GRANTED) {
        return verdict->credentials ? "granted; credentials" : "granted";
    }
    if (verdict->culprit_len) {
        culprit = apr_psprintf(pool, "; %s=%.*s",
                               is_method ? "method" : "header",
                               (int)(verdict->culprit_len < DEBUG_MAX
                                     ? verdict->culprit_len : DEBUG_MAX),
                               verdict->culprit);
        allowed = apr_psprintf(pool, "; allowed=\"%.*s\"", DEBUG_MAX,
                               names ? cors_describe_names(names, pool) : "");
    }
    return apr_pstrcat(pool, "refused; reason=",
                       cors_reason_word(verdict->reason), culprit, allowed,
                       NULL);
}

const char *cors_verdict_expose(const cors_verdict_t *verdict,
                                const apr_table_t *const *tables,
                                const char *const *more, apr_pool_t *pool)
{
    const cors_names_t *exposed = verdict->policy->expose;

    if (!exposed || !verdict->allow_origin || verdict->kind == CORS_PREFLIGHT) {
        return NULL;
    }
    return answers_all(exposed, verdict)
           ? "*" : cors_expose(exposed, tables, more, pool);
}

const char *cors_verdict_vary(const cors_verdict_t *verdict)
{
    if (verdict->kind == CORS_PREFLIGHT) {
        return verdict->varies
               ? "Origin, Access-Control-Request-Method, "
                 "Access-Control-Request-Headers"
               : "Access-Control-Request-Method, "
                 "Access-Control-Request-Headers";
    }
    return verdict->varies ? "Origin" : NULL;
}

const char *cors_kind_word(cors_kind_t kind)
{
    static const char *const words[] = { "none", "actual", "preflight" };

    return words[kind];
}

const char *cors_reason_word(cors_reason_t reason)
{
    static const char *const words[] = {
        NULL, "origin-malformed", "origin-not-allowed",
        "method-not-allowed", "header-not-allowed", "header-malformed",
        "preflight-redirected"
    };

    return words[reason];
}

cors_list_t cors_reason_list(cors_reason_t reason)
{
    switch (reason) {
    case CORS_METHOD_NOT_ALLOWED:
        return CORS_LIST_METHODS;
    case CORS_HEADER_NOT_ALLOWED:
    case CORS_HEADER_MALFORMED:
        return CORS_LIST_HEADERS;
    default:
        return CORS_LIST_ORIGINS;
    }
}
