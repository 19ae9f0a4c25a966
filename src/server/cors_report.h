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

#ifndef CORS_REPORT_H
#define CORS_REPORT_H

/**
 * @file cors_report.h
 * CorsEngine ReportOnly: how the response that goes out differs from the one
 * that the policy calls for.
 */

#include <httpd.h>

#include "../core/cors_verdict.h"

/**
 * Log the difference, if there is one.  What is there in another order, or
 * twice where that does no harm, is none, nor what browsers do not ask for.
 *
 * @param r the response as it goes out
 * @param verdict as it would be if the engine were on
 * @param wanted the fields of the response in that case, Vary merged
 * @param status its status; 0 if that would be the handler's
 */
void cors_report(const request_rec *r, const cors_verdict_t *verdict,
                 const apr_table_t *wanted, int status);

#endif /* CORS_REPORT_H */
