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

#ifndef CORS_VERDICT_H
#define CORS_VERDICT_H

/**
 * @file cors_verdict.h
 * The verdict: what a policy says to what a request asks.
 */

#include <apr_pools.h>

#include "cors_policy.h"

/** What kind of request it is. */
typedef enum {
    CORS_NONE,              /* no Origin: no CORS request */
    CORS_ACTUAL,            /* has an Origin */
    CORS_PREFLIGHT          /* OPTIONS with what a preflight carries */
} cors_kind_t;

/** Why a request is refused. */
typedef enum {
    CORS_GRANTED,               /* it is not; so is every CORS_NONE */
    CORS_ORIGIN_MALFORMED,      /* not exactly one well-formed origin */
    CORS_ORIGIN_NOT_ALLOWED,    /* not in the list, or excluded */
    CORS_METHOD_NOT_ALLOWED,    /* a method that is not in the list */
    CORS_HEADER_NOT_ALLOWED,    /* a header that is not in the list */
    CORS_HEADER_MALFORMED,      /* no list of header names, or too long */
    CORS_PREFLIGHT_REDIRECTED   /* nothing of the policy: the server answers a
                                 * preflight with a redirect */
} cors_reason_t;

/** What a request asks: the values of its fields, NULL where it has none. */
typedef struct cors_asked_t {
    cors_kind_t kind;
    const char *origin;             /* Origin */
    const char *method;             /* Access-Control-Request-Method */
    const char *headers;            /* Access-Control-Request-Headers */
    int private_network;            /* Access-Control-Request-Private-Network
                                     * is true */
} cors_asked_t;

/** What is answered.  Values are NULL where the field is not sent. */
typedef struct cors_verdict_t {
    const cors_policy_t *policy;
    cors_kind_t kind;
    cors_reason_t reason;
    int varies;                     /* by Origin */
    int credentials;                /* Allow-Credentials: true */
    const char *allow_origin;
    const char *allow_methods;      /* the rest: of granted preflights */
    const char *allow_headers;
    const char *max_age;
    int allow_private_network;
    const char *culprit;            /* the method or header that is refused; */
    apr_size_t culprit_len;         /* points into the request; 0: no token */
} cors_verdict_t;

/**
 * What kind of request this is (Fetch, "HTTP requests"): a preflight is an
 * OPTIONS that has both fields.
 */
cors_kind_t cors_kind(const char *method, const char *origin,
                      const char *request_method);

/**
 * Decide.  A refusal carries nothing of the policy, but for CorsDebug, which
 * leaves in what answers the steps before the one that failed.
 *
 * @param verdict filled in; what it points to lives as long as the policy,
 *                the request's fields and pool
 * @param policy in force
 * @param asked what the request asks
 * @param pool for names that are sent back
 */
void cors_decide(cors_verdict_t *verdict, const cors_policy_t *policy,
                 const cors_asked_t *asked, apr_pool_t *pool);

/**
 * Refuse after all what the policy would grant: take what grants it out of the
 * verdict, as cors_decide() does.
 */
void cors_verdict_refuse(cors_verdict_t *verdict, cors_reason_t reason);

/**
 * Whether the request is answered at once, by the verdict alone: a preflight,
 * unless the policy leaves those to the handler.
 */
int cors_verdict_is_answer(const cors_verdict_t *verdict);

/**
 * The status of that answer: of a granted preflight an "ok status" (Fetch,
 * "CORS-preflight fetch"), of a refused one 403 ("HTTP responses").  Under
 * CorsDebug the refusal of a method or header has an ok status too, since only
 * then do browsers look at the fields and say which of them is at fault.
 */
int cors_verdict_status(const cors_verdict_t *verdict);

/**
 * What CorsDebug says in the response: the verdict, and why it is what it is.
 *
 * @return a field value in pool, in which nothing of the request stands but
 *         tokens; NULL if nothing is to be said
 */
const char *cors_verdict_debug(const cors_verdict_t *verdict,
                               apr_pool_t *pool);

/**
 * The value of Access-Control-Expose-Headers under a verdict, or NULL.
 *
 * @param tables the fields of the response, as cors_expose() takes them
 * @param more names of fields that are added later, as there
 */
const char *cors_verdict_expose(const cors_verdict_t *verdict,
                                const apr_table_t *const *tables,
                                const char *const *more, apr_pool_t *pool);

/** The names that Vary has to hold under a verdict, or NULL. */
const char *cors_verdict_vary(const cors_verdict_t *verdict);

/** "none", "actual" or "preflight". */
const char *cors_kind_word(cors_kind_t kind);

/** The list that a request is refused by for a reason. */
cors_list_t cors_reason_list(cors_reason_t reason);

/** The word for a reason, as in "origin-not-allowed"; NULL if granted. */
const char *cors_reason_word(cors_reason_t reason);

#endif /* CORS_VERDICT_H */
