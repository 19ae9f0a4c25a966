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

#ifndef CORS_HAZARD_H
#define CORS_HAZARD_H

/**
 * @file cors_hazard.h
 * What must never meet in a policy: credentials, and origins of which anybody
 * can have one.
 */

#include "cors_policy.h"

/** The hazards; a policy can have several. */
enum {
    CORS_HAZARD_ANY = 1,        /* CORS-E02: `*` */
    CORS_HAZARD_NULL = 2,       /* CORS-E03: "null" */
    CORS_HAZARD_SUFFIX = 4      /* CORS-E04: all names below a public suffix */
};

/** Which hazards a policy has, or those parts of it that one section says. */
unsigned int cors_hazards(const cors_policy_t *policy);

/**
 * The id of one hazard, what it means, and what to write instead.
 *
 * @return in pool
 */
const char *cors_hazard_text(const cors_policy_t *policy, unsigned int hazard,
                             apr_pool_t *pool);

/**
 * The warning of a hazard that sections bring about together (CORS-W07): as
 * above, and where the two lists stand.
 */
const char *cors_hazard_warning(const cors_policy_t *policy,
                                unsigned int hazard, apr_pool_t *pool);

#endif /* CORS_HAZARD_H */
