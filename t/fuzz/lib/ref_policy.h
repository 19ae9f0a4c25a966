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


#ifndef CORS_REF_POLICY_H
#define CORS_REF_POLICY_H

/**
 * @file ref_policy.h
 * Policies as an input has them, made by the module and for the reference.
 */

#include "../../../src/core/cors_verdict.h"

#include "reference.h"

/** A policy for the reference: its lists, NULL where nothing is said. */
typedef struct {
    apr_array_header_t *list[CORS_LISTS];   /* ref_entry_t */
    cors_said_t said[CORS_LISTS];
} ref_policy_t;

/** The same policy twice. */
typedef struct {
    const cors_policy_t *policy;
    ref_policy_t ref;
} both_t;

/**
 * Read the lines of a section:
 *
 *     O origins   C credentials   M methods   H headers   E exposed headers
 *     A max age   S settings: debug, pass, 200, private, off
 *
 * @param line the first one; moved to the first that is none of these
 */
both_t ref_policy_read(char **line, input_t *input);

/** The policy where an inner section stands in an outer one. */
both_t ref_policy_merge(both_t outer, both_t inner, apr_pool_t *pool);

/** Whether it is in force, the setting aside (design.md, 1). */
int ref_policy_has_origins(const ref_policy_t *policy);

/** Whether it is an any-origin policy (design.md, 2.2). */
int ref_policy_any_origin(const ref_policy_t *policy);

/** Whether a list of a policy has a text. */
int ref_policy_has(const ref_policy_t *policy, cors_list_t list,
                   const char *text);

/** Whether an origin may use credentials. */
int ref_policy_credentials(const ref_policy_t *policy, const char *origin);

/** Whether a method, or a request header, is allowed. */
int ref_policy_method(const ref_policy_t *policy, const char *method);
int ref_policy_header(const ref_policy_t *policy, const char *name);

#endif /* CORS_REF_POLICY_H */
