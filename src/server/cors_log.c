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

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include <httpd.h>
#include <http_log.h>

#include "../core/cors_describe.h"
#include "../core/cors_hazard.h"
#include "cors_log.h"
#include "cors_module.h"
#include "cors_review.h"

APLOG_USE_MODULE(cors);

/* How much of what a client sends is worth a place in the error log. */
#define LOG_MAX 256

/* How many things are told once; there can be as many .htaccess files as users
 * care to write. */
#define ONCE_MAX 1000

static apr_hash_t *told;
#if APR_HAS_THREADS
static apr_thread_mutex_t *told_mutex;
#endif

void cors_log_init(apr_pool_t *child)
{
    apr_pool_t *pool;

#if APR_HAS_THREADS
    if (apr_thread_mutex_create(&told_mutex, APR_THREAD_MUTEX_DEFAULT, child)
        != APR_SUCCESS) {
        return;
    }
#endif
    /* The child's own pool is used by other threads, too. */
    if (apr_pool_create(&pool, child) == APR_SUCCESS) {
        told = apr_hash_make(pool);
    }
}

int cors_log_is_first(const char *what)
{
    int first = 0;

    if (!told) {
        return 0;
    }
#if APR_HAS_THREADS
    apr_thread_mutex_lock(told_mutex);
#endif
    if (apr_hash_count(told) < ONCE_MAX
        && !apr_hash_get(told, what, APR_HASH_KEY_STRING)) {
        what = apr_pstrdup(apr_hash_pool_get(told), what);
        apr_hash_set(told, what, APR_HASH_KEY_STRING, what);
        first = 1;
    }
#if APR_HAS_THREADS
    apr_thread_mutex_unlock(told_mutex);
#endif
    return first;
}

const char *cors_log_quoted(const char *value, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, 3 * LOG_MAX + 3);
    char *end = text;
    int left;

    *end++ = '"';
    for (left = LOG_MAX; value && left && *value; left--, value++) {
        if (*value == '"') {
            memcpy(end, "%22", 3);
            end += 3;
        }
        else {
            *end++ = *value;
        }
    }
    *end++ = '"';
    *end = '\0';
    return text;
}

/* Origin, method and URL: what was asked. */
static const char *describe_asked(const request_rec *r,
                                  const cors_asked_t *asked,
                                  const char *method)
{
    return apr_psprintf(r->pool, "origin=%s method=%s url=%s",
                        cors_log_quoted(asked->origin, r->pool),
                        cors_log_quoted(method, r->pool),
                        cors_log_quoted(r->unparsed_uri, r->pool));
}

/* The list that decided: where it stands, and what it has. */
static const char *describe_list(const cors_policy_t *policy,
                                 cors_reason_t reason, apr_pool_t *pool)
{
    const cors_list_t list = cors_reason_list(reason);
    const cors_names_t *names = list == CORS_LIST_METHODS ? policy->methods
                                                          : policy->headers;
    const char *has = list == CORS_LIST_ORIGINS
                      ? cors_describe_origins(policy->origins, pool)
                      : names ? cors_describe_names(names, pool) : "";

    return apr_pstrcat(pool, cors_policy_place(policy, list, pool),
                       *has ? ", which has " : "", has, NULL);
}

static const char *report_only(const cors_policy_t *policy)
{
    return policy->setting[CORS_ENGINE] == CORS_ENGINE_REPORT_ONLY
           ? " (report only)" : "";
}

static void log_refusal(const request_rec *r, const cors_verdict_t *verdict,
                        const char *asked)
{
    const int has_header = cors_reason_list(verdict->reason)
                           == CORS_LIST_HEADERS && verdict->culprit_len;
    const char *header = has_header
                         ? apr_pstrmemdup(r->pool, verdict->culprit,
                                          verdict->culprit_len) : "";

    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "CORS %s refused%s: %s, %s%s%s (%s)",
                  cors_kind_word(verdict->kind), report_only(verdict->policy),
                  cors_reason_word(verdict->reason), asked,
                  has_header ? " header=" : "",
                  has_header ? cors_log_quoted(header, r->pool) : "",
                  describe_list(verdict->policy, verdict->reason, r->pool));
}

void cors_log_verdict(const request_rec *r, const cors_verdict_t *verdict,
                      const cors_asked_t *asked, const char *method)
{
    if (verdict->kind == CORS_NONE) {
        return;
    }
    if (verdict->reason != CORS_GRANTED) {
        if (APLOGrinfo(r)) {
            log_refusal(r, verdict, describe_asked(r, asked, method));
        }
        return;
    }
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "CORS %s granted%s: %s",
                  cors_kind_word(verdict->kind), report_only(verdict->policy),
                  describe_asked(r, asked, method));
}

void cors_log_redirect(const request_rec *r, const cors_verdict_t *verdict,
                       const cors_asked_t *asked, const char *target)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "CORS preflight refused: %s, %s target=%s (no browser "
                  "follows the redirect of a preflight)",
                  cors_reason_word(verdict->reason),
                  describe_asked(r, asked, asked->method),
                  cors_log_quoted(target, r->pool));
}

void cors_log_unanswered(const request_rec *r, const cors_asked_t *asked,
                         int status, const char *target)
{
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "CORS preflight unanswered: %s, %s status=%d target=%s (the "
                  "server sends it away before it is known what <Directory> "
                  "and .htaccess say)",
                  cors_reason_word(CORS_PREFLIGHT_REDIRECTED),
                  describe_asked(r, asked, asked->method), status,
                  cors_log_quoted(target, r->pool));
}

void cors_log_difference(const request_rec *r, const cors_verdict_t *verdict,
                         const char *difference)
{
    const char *text = apr_psprintf(r->pool, "%s (%s)", difference,
                                    cors_policy_place(verdict->policy,
                                                      CORS_LIST_ORIGINS,
                                                      r->pool));

    if (verdict->kind != CORS_NONE || cors_log_is_first(text)) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "CORS %s answered otherwise (report only): %s, url=%s",
                      cors_kind_word(verdict->kind), text,
                      cors_log_quoted(r->unparsed_uri, r->pool));
    }
}

void cors_log_hazards(const request_rec *r, const cors_policy_t *policy)
{
    unsigned int hazard;

    for (hazard = 1; hazard <= policy->hazards; hazard <<= 1) {
        const char *text;

        if (!(policy->hazards & hazard)) {
            continue;
        }
        text = cors_hazard_warning(policy, hazard, r->pool);
        if (!cors_review_has_told(text) && cors_log_is_first(text)) {
            ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r, "%s", text);
        }
    }
}
