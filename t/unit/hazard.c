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

#include "../../src/core/cors_hazard.h"

#include "tap.h"
#include "lists.h"

/* The pattern that these tests call one over a public suffix. */
#define WIDE "https://*.wide.example"
#define A "https://a.example"

static cors_origin_set_t *make(const char *entries, apr_pool_t *pool)
{
    cors_origin_set_t *set = make_origins(entries, pool);

    if (set && strstr(entries, WIDE) && !strstr(entries, "-" WIDE)) {
        cors_origin_set_note_wide(set, WIDE);
    }
    return set;
}

static void test_hazards(apr_pool_t *pool)
{
    static const struct {
        const char *origins, *credentials;
        unsigned int want;
        const char *rule;
    } cases[] = {
        { NULL, NULL, 0, "nothing is no hazard" },
        { "*", NULL, 0, "* without credentials" },
        { "* null " WIDE, NULL, 0, "anything without credentials" },
        { "* null " WIDE, "", 0, "anything with credentials Off" },
        { NULL, "*", 0, "On without origins" },
        { A, "*", 0, "On for a list" },
        { "*", A, 0, "* with credentials for one" },
        { "null " WIDE, A, 0, "null and a suffix with credentials for one" },
        { "*", "*", CORS_HAZARD_ANY, "* with On" },
        { "* -" A, "*", CORS_HAZARD_ANY, "* with On, whatever is excluded" },
        { "* -*", "*", 0, "* that is excluded itself" },
        { "null", "*", CORS_HAZARD_NULL, "null with On" },
        { A, "null", CORS_HAZARD_NULL, "null in the list of credentials" },
        { "* -null", "*", CORS_HAZARD_ANY, "null that is excluded is none" },
        { WIDE, "*", CORS_HAZARD_SUFFIX, "a suffix with On" },
        { A, WIDE, CORS_HAZARD_SUFFIX, "a suffix in the list of credentials" },
        { "-" WIDE " " A, "*", 0, "a suffix that is excluded" },
        { "* null " WIDE, "*",
          CORS_HAZARD_ANY | CORS_HAZARD_NULL | CORS_HAZARD_SUFFIX,
          "all of them" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        cors_policy_t *policy = cors_policy_make(pool);

        policy->origins = make(cases[i].origins, pool);
        policy->credentials = make(cases[i].credentials, pool);
        is_int((int)cors_hazards(policy), (int)cases[i].want, "%s",
               cases[i].rule);
    }
}

/* What only merging brings about, and what merging takes away. */
static void test_merged(apr_pool_t *pool)
{
    cors_policy_t *outer = cors_policy_make(pool);
    cors_policy_t *inner = cors_policy_make(pool);
    const cors_policy_t *merged;

    outer->origins = make("* " WIDE, pool);
    cors_policy_say(outer, CORS_LIST_ORIGINS, 0);
    inner->credentials = make("*", pool);
    cors_policy_say(inner, CORS_LIST_CREDENTIALS, 0);
    merged = cors_policy_merge(pool, outer, inner);
    is_int((int)merged->hazards, CORS_HAZARD_ANY | CORS_HAZARD_SUFFIX,
           "two sections that are sound make a hazard");
    inner = cors_policy_make(pool);
    inner->origins = make("-* -" WIDE " +" A, pool);
    cors_policy_say(inner, CORS_LIST_ORIGINS, 1);
    merged = cors_policy_merge(pool, merged, inner);
    is_int((int)merged->hazards, 0, "and a third one takes it away");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_hazards(pool);
    test_merged(pool);
    return tap_end(pool);
}
