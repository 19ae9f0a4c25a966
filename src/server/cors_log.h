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

#ifndef CORS_LOG_H
#define CORS_LOG_H

/**
 * @file cors_log.h
 * What the error log is told of a request.
 */

#include <httpd.h>

#include "../core/cors_verdict.h"

/** Get ready to tell some things once only; in each child. */
void cors_log_init(apr_pool_t *child);

/**
 * Whether this is the first time that something is to be told, in this child.
 * Also 0 before there is one, and when there have been very many.
 */
int cors_log_is_first(const char *what);

/**
 * A value that a client may have made, for the log: cut, and in quotes, which
 * it cannot have itself, so that what stands between two is one value.  httpd
 * escapes the rest.
 *
 * @param value NULL for "": a request whose first line cannot be read has no
 *              URL
 * @return in pool
 */
const char *cors_log_quoted(const char *value, apr_pool_t *pool);

/**
 * Log a verdict: a refusal at info, a grant at debug, nothing of what is no
 * CORS request.  What the client sent is cut, quoted, and escaped by httpd.
 *
 * @param r the request as the client sent it
 * @param method the method that it or its preflight is about
 */
void cors_log_verdict(const request_rec *r, const cors_verdict_t *verdict,
                      const cors_asked_t *asked, const char *method);

/**
 * Log that a preflight which the policy would grant is redirected.
 *
 * @param r the request as the client sent it
 * @param target where to; NULL for nowhere
 */
void cors_log_redirect(const request_rec *r, const cors_verdict_t *verdict,
                       const cors_asked_t *asked, const char *target);

/**
 * Log that a preflight is sent away before it is known what directories and
 * .htaccess files say of it.
 *
 * @param r the request as the client sent it
 * @param target where to; NULL for nowhere
 */
void cors_log_unanswered(const request_rec *r, const cors_asked_t *asked,
                         int status, const char *target);

/**
 * Log how a response differs from the one that the policy calls for: of each
 * CORS request; of what is none, each difference once for the list of origins
 * that called for it.
 *
 * @param r the request as the client sent it
 */
void cors_log_difference(const request_rec *r, const cors_verdict_t *verdict,
                         const char *difference);

/**
 * Warn of hazards that sections bring about together (CORS-W07), once for the
 * place where each of the lists stands.
 */
void cors_log_hazards(const request_rec *r, const cors_policy_t *policy);

#endif /* CORS_LOG_H */
