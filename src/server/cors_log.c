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

#include "../core/cors_hazard.h"
#include "cors_log.h"
#include "cors_module.h"

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
#if APR_HAS_THREADS
    if (apr_thread_mutex_create(&told_mutex, APR_THREAD_MUTEX_DEFAULT, child)
        != APR_SUCCESS) {
        return;
    }
#endif
    told = apr_hash_make(child);
}

/* Whether this is the first time that something is to be told. */
static int is_first(const char *what)
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

static const char *list_name(cors_list_t list)
{
    static const char *const names[CORS_LISTS] = {
        "CorsAllowOrigin", "CorsAllowCredentials", "CorsAllowMethods",
        "CorsAllowHeaders", "CorsExposeHeaders"
    };

    return names[list];
}

/* The list that decided: its name and where it stands. */
static const char *describe_list(const cors_policy_t *policy, cors_list_t list,
                                 apr_pool_t *pool)
{
    const cors_place_t *place = &policy->place[list];

    return place->file
           ? apr_psprintf(pool, "%s at %s:%d", list_name(list), place->file,
                          place->line)
           : apr_psprintf(pool, "no %s", list_name(list));
}

/* What a list of names would let through. */
static const char *describe_names(const cors_policy_t *policy,
                                  cors_list_t list, apr_pool_t *pool)
{
    const cors_names_t *names = list == CORS_LIST_METHODS ? policy->methods
                                : list == CORS_LIST_HEADERS ? policy->headers
                                : NULL;
    const char *joined = names ? cors_names_joined(names) : NULL;

    return joined ? apr_psprintf(pool, ", which has %.*s", LOG_MAX, joined)
                  : "";
}

static const char *report_only(const cors_policy_t *policy)
{
    return policy->setting[CORS_ENGINE] == CORS_ENGINE_REPORT_ONLY
           ? " (report only)" : "";
}

static void log_refusal(const request_rec *r, const cors_verdict_t *verdict,
                        const cors_asked_t *asked, const char *method)
{
    const cors_policy_t *policy = verdict->policy;
    const cors_list_t list = cors_reason_list(verdict->reason);
    const apr_size_t len = list != CORS_LIST_HEADERS ? 0
                           : verdict->culprit_len < LOG_MAX
                           ? verdict->culprit_len : LOG_MAX;

    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "CORS %s refused%s: %s, origin=%.*s method=%.*s url=%.*s"
                  "%s%.*s (%s%s)",
                  cors_kind_word(verdict->kind), report_only(policy),
                  cors_reason_word(verdict->reason), LOG_MAX, asked->origin,
                  LOG_MAX, method, LOG_MAX, r->unparsed_uri,
                  len ? " header=" : "", (int)len, len ? verdict->culprit : "",
                  describe_list(policy, list, r->pool),
                  describe_names(policy, list, r->pool));
}

void cors_log_verdict(const request_rec *r, const cors_verdict_t *verdict,
                      const cors_asked_t *asked, const char *method)
{
    if (verdict->kind == CORS_NONE) {
        return;
    }
    if (verdict->reason != CORS_GRANTED) {
        if (APLOGrinfo(r)) {
            log_refusal(r, verdict, asked, method);
        }
        return;
    }
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r,
                  "CORS %s granted%s: origin=%.*s method=%.*s url=%.*s",
                  cors_kind_word(verdict->kind), report_only(verdict->policy),
                  LOG_MAX, asked->origin, LOG_MAX, method, LOG_MAX,
                  r->unparsed_uri);
}

void cors_log_hazards(const request_rec *r, const cors_policy_t *policy)
{
    unsigned int hazard;

    for (hazard = 1; hazard <= policy->hazards; hazard <<= 1) {
        const char *text;

        if (!(policy->hazards & hazard)) {
            continue;
        }
        text = apr_psprintf(r->pool, "CORS-W07: %s and %s together give no "
                            "credentials: %s",
                            describe_list(policy, CORS_LIST_ORIGINS, r->pool),
                            describe_list(policy, CORS_LIST_CREDENTIALS,
                                          r->pool),
                            cors_hazard_text(policy, hazard, r->pool));
        if (is_first(text)) {
            ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r, "%s", text);
        }
    }
}
