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

#include "cors_hazard.h"

/* Whether all origins that are allowed may use credentials. */
static int credentials_for_all(const cors_policy_t *policy)
{
    return policy->credentials && cors_origin_set_has_any(policy->credentials);
}

/* The pattern over a public suffix whose origins may use credentials. */
static const char *wide(const cors_policy_t *policy)
{
    const char *pattern = policy->credentials
                          ? cors_origin_set_wide(policy->credentials) : NULL;

    return pattern || !policy->origins || !credentials_for_all(policy)
           ? pattern : cors_origin_set_wide(policy->origins);
}

unsigned int cors_hazards(const cors_policy_t *policy)
{
    const int all = policy->origins && credentials_for_all(policy);
    unsigned int hazards = 0;

    if (all && cors_origin_set_has_any(policy->origins)) {
        hazards |= CORS_HAZARD_ANY;
    }
    if ((all && cors_origin_set_lists_null(policy->origins))
        || (policy->credentials
            && cors_origin_set_lists_null(policy->credentials))) {
        hazards |= CORS_HAZARD_NULL;
    }
    if (wide(policy)) {
        hazards |= CORS_HAZARD_SUFFIX;
    }
    return hazards;
}

const char *cors_hazard_text(const cors_policy_t *policy, unsigned int hazard,
                             apr_pool_t *pool)
{
    switch (hazard) {
    case CORS_HAZARD_ANY:
        return "CORS-E02: \"*\" with CorsAllowCredentials On would let every "
               "site on the web act as its visitor: list in "
               "CorsAllowCredentials the origins that may, as in "
               "\"CorsAllowCredentials https://app.example.com\"";
    case CORS_HAZARD_NULL:
        return "CORS-E03: \"null\" with credentials would let every site on "
               "the web act as its visitor, by a sandboxed frame: leave "
               "\"null\" out, or list in CorsAllowCredentials the other "
               "origins";
    default:
        return apr_psprintf(pool, "CORS-E04: \"%s\" with credentials would let "
                            "everybody in who has a name below that public "
                            "suffix: list the names that are yours",
                            wide(policy));
    }
}

const char *cors_hazard_warning(const cors_policy_t *policy,
                                unsigned int hazard, apr_pool_t *pool)
{
    return apr_psprintf(pool, "CORS-W07: %s and %s together give no "
                        "credentials: %s",
                        cors_policy_place(policy, CORS_LIST_ORIGINS, pool),
                        cors_policy_place(policy, CORS_LIST_CREDENTIALS, pool),
                        cors_hazard_text(policy, hazard, pool));
}
