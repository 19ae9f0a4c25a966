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

#include <string.h>

#include <apr_strings.h>

#include "cors_hazard.h"
#include "cors_policy.h"

const char *cors_list_name(cors_list_t list)
{
    static const char *const names[CORS_LISTS] = {
        "CorsAllowOrigin", "CorsAllowCredentials", "CorsAllowMethods",
        "CorsAllowHeaders", "CorsExposeHeaders"
    };

    return names[list];
}

cors_policy_t *cors_policy_make(apr_pool_t *pool)
{
    return apr_pcalloc(pool, sizeof(cors_policy_t));
}

void cors_policy_set(cors_policy_t *policy, cors_setting_t setting,
                     unsigned char value)
{
    policy->setting[setting] = value;
    policy->has_setting |= 1u << setting;
}

void cors_policy_say(cors_policy_t *policy, cors_list_t list, int has_sign)
{
    if (!has_sign) {
        policy->said[list] = CORS_REPLACES;
    }
    else if (policy->said[list] == CORS_UNSAID) {
        policy->said[list] = CORS_EDITS;
    }
}

int cors_policy_says_nothing(const cors_policy_t *policy)
{
    int list;

    for (list = 0; list < CORS_LISTS; list++) {
        if (policy->said[list] != CORS_UNSAID) {
            return 0;
        }
    }
    return !policy->has_setting && !policy->has_max_age;
}

void cors_policy_seal(const cors_policy_t *policy)
{
    cors_names_t *const names[] = { policy->methods, policy->headers,
                                    policy->expose };
    unsigned int i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i]) {
            cors_names_seal(names[i]);
        }
    }
}

static cors_origin_set_t *merge_origins(apr_pool_t *pool,
                                        cors_origin_set_t *outer,
                                        cors_origin_set_t *inner,
                                        unsigned char said)
{
    if (said == CORS_UNSAID) {
        return outer;
    }
    return said == CORS_EDITS && outer
           ? cors_origin_set_edit(pool, outer, inner) : inner;
}

static cors_names_t *merge_names(apr_pool_t *pool, cors_names_t *outer,
                                 cors_names_t *inner, unsigned char said)
{
    if (said == CORS_UNSAID) {
        return outer;
    }
    return said == CORS_EDITS && outer
           ? cors_names_edit(pool, outer, inner) : inner;
}

/* What a merged list says to a section further out.  Merging does not always
 * go from the outermost section inwards: httpd merges all <Location> sections
 * of a request with each other first, and edits of edits are edits still. */
static unsigned char merge_said(unsigned char outer, unsigned char inner)
{
    return inner == CORS_REPLACES || outer == CORS_UNSAID ? inner : outer;
}

const cors_policy_t *cors_policy_merge(apr_pool_t *pool,
                                       const cors_policy_t *outer,
                                       const cors_policy_t *inner)
{
    cors_policy_t *policy;
    int i;

    cors_policy_seal(inner);
    if (cors_policy_says_nothing(outer)) {
        return inner;
    }
    if (cors_policy_says_nothing(inner)) {
        return outer;
    }
    policy = apr_pmemdup(pool, outer, sizeof(*outer));
    policy->origins = merge_origins(pool, outer->origins, inner->origins,
                                    inner->said[CORS_LIST_ORIGINS]);
    policy->credentials = merge_origins(pool, outer->credentials,
                                        inner->credentials,
                                        inner->said[CORS_LIST_CREDENTIALS]);
    policy->methods = merge_names(pool, outer->methods, inner->methods,
                                  inner->said[CORS_LIST_METHODS]);
    policy->headers = merge_names(pool, outer->headers, inner->headers,
                                  inner->said[CORS_LIST_HEADERS]);
    policy->expose = merge_names(pool, outer->expose, inner->expose,
                                 inner->said[CORS_LIST_EXPOSE]);
    if (inner->has_max_age) {
        policy->max_age = inner->max_age;
        policy->has_max_age = 1;
    }
    for (i = 0; i < CORS_SETTINGS; i++) {
        if (inner->has_setting & (1u << i)) {
            cors_policy_set(policy, (cors_setting_t)i, inner->setting[i]);
        }
    }
    for (i = 0; i < CORS_LISTS; i++) {
        policy->said[i] = merge_said(outer->said[i], inner->said[i]);
        if (inner->said[i] != CORS_UNSAID) {
            policy->place[i] = inner->place[i];
        }
    }
    policy->hazards = cors_hazards(policy);
    return policy;
}

int cors_policy_is_same(const cors_policy_t *a, const cors_policy_t *b)
{
    return a == b
           || (a && b && a->origins == b->origins
               && a->credentials == b->credentials && a->methods == b->methods
               && a->headers == b->headers && a->expose == b->expose
               && a->max_age == b->max_age
               && !memcmp(a->setting, b->setting, sizeof(a->setting)));
}

int cors_policy_has_origins(const cors_policy_t *policy)
{
    return policy->origins
           && (policy->said[CORS_LIST_ORIGINS] == CORS_REPLACES
               || !cors_origin_set_is_empty(policy->origins));
}

int cors_policy_in_force(const cors_policy_t *policy)
{
    return policy->setting[CORS_ENGINE] != CORS_ENGINE_OFF
           && cors_policy_has_origins(policy);
}

int cors_policy_denies_credentials(const cors_policy_t *policy)
{
    return (policy->hazards & (CORS_HAZARD_ANY | CORS_HAZARD_SUFFIX)) != 0;
}

int cors_policy_any_origin(const cors_policy_t *policy)
{
    return cors_origin_set_has_any(policy->origins)
           && !cors_origin_set_excludes(policy->origins)
           && (!policy->credentials
               || cors_origin_set_is_empty(policy->credentials)
               || cors_policy_denies_credentials(policy));
}

int cors_policy_credentials(const cors_policy_t *policy,
                            const cors_origin_t *origin)
{
    return policy->credentials
           && !cors_origin_is_null(origin)
           && !cors_policy_denies_credentials(policy)
           && cors_origin_set_has(policy->credentials, origin);
}

const char *cors_policy_place(const cors_policy_t *policy, cors_list_t list,
                              apr_pool_t *pool)
{
    const cors_place_t *place = &policy->place[list];

    return place->directive
           ? apr_psprintf(pool, "%s at %s:%d", place->directive, place->file,
                          place->line)
           : apr_pstrcat(pool, "no ", cors_list_name(list), NULL);
}
