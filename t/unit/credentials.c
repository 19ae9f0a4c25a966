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

/* Which policies are in force, which let any origin in, and which origins may
 * use credentials. */

#include "../../src/core/cors_hazard.h"
#include "../../src/core/cors_policy.h"

#include "lists.h"

#define A "https://a.example"
#define B "https://b.example"

static cors_policy_t *make(const char *origins, const char *credentials,
                           apr_pool_t *pool)
{
    cors_policy_t *policy = cors_policy_make(pool);

    policy->origins = make_origins(origins, pool);
    policy->credentials = make_origins(credentials, pool);
    policy->hazards = cors_hazards(policy);
    return policy;
}

static void test_in_force(apr_pool_t *pool)
{
    static const struct {
        const char *origins;
        unsigned char engine;
        int want;
        const char *rule;
    } cases[] = {
        { NULL, CORS_ENGINE_ON, 0, "without an origin list there is none" },
        { NULL, CORS_ENGINE_REPORT_ONLY, 0, "nor is there one to report" },
        { NULL, CORS_ENGINE_OFF, 0, "nor one that is off" },
        { A, CORS_ENGINE_ON, 1, "an origin list puts a policy in force" },
        { A, CORS_ENGINE_REPORT_ONLY, 1, "also one that only reports" },
        { A, CORS_ENGINE_OFF, 0, "but not one that is off" },
        { "*", CORS_ENGINE_ON, 1, "* is an origin list" },
        { "-" A, CORS_ENGINE_ON, 0, "an exclusion from nothing is none" }
    };
    unsigned int i;

    ok(!cors_policy_in_force(cors_policy_make(pool)),
       "a policy that says nothing is not in force");
    for (i = 0; i < COUNT(cases); i++) {
        cors_policy_t *policy = make(cases[i].origins, NULL, pool);

        if (i) {
            cors_policy_set(policy, CORS_ENGINE, cases[i].engine);
        }
        is_int(cors_policy_in_force(policy), cases[i].want, "%s",
               cases[i].rule);
    }
}

/* Origins and credentials; for an origin, whether it may use them. */
static const struct {
    const char *origins, *credentials;
    int any_origin;
    const char *origin;
    int may;
    const char *rule;
} cases[] = {
    { "*", NULL, 1, A, 0, "* for all, without credentials" },
    { "*", "", 1, A, 0, "also where Off says so" },
    { "* " A, NULL, 1, A, 0, "also beside other entries" },
    { "* null", NULL, 1, "null", 0, "also beside null" },
    { "* -" A, NULL, 0, B, 0, "an exclusion makes the verdict vary" },
    { "* -null", NULL, 0, A, 0, "also that of null" },
    { "* -~a", NULL, 0, A, 0, "also one by an expression" },
    { A, NULL, 0, A, 0, "a list makes it vary" },
    { "null", NULL, 0, "null", 0, "also one of null" },
    { "~a", NULL, 0, A, 0, "also one of expressions" },
    { "https://*.example", NULL, 0, A, 0, "also one of subdomains" },
    { "", NULL, 0, A, 0, "also the empty one" },
    { A, "*", 0, A, 1, "On: an allowed origin may use credentials" },
    { A " " B, B, 0, B, 1, "a list: those of the list" },
    { A " " B, B, 0, A, 0, "and no others" },
    { A, "* -" A, 0, A, 0, "On but for an exclusion" },
    { A " " B, "* -" A, 0, B, 1, "which holds for no other" },
    { "https://*.example", "https://*.example", 0, A, 1,
      "subdomains, if the list has them" },
    { "~a", "~a.e", 0, A, 1, "expressions may list them" },
    { "*", A, 0, A, 1, "one of all origins makes the verdict vary" },
    { "*", A, 0, B, 0, "but gives no other credentials" },
    { "*", "~a.e", 0, A, 1, "also one that an expression lists" },
    { "*", "*", 1, A, 0, "* with credentials for all gives none" },
    { "* -" B, "*", 0, A, 0, "nor does it with an exclusion" },
    { "* " A, "*", 1, A, 0, "nor to an origin that is listed too" },
    { "*", "* -" B, 1, A, 0, "nor where credentials exclude some" },
    { "*", "* " A, 1, A, 0, "nor where they list one" },
    { "null", "*", 0, "null", 0, "null never may, under On" },
    { "null " A, "null", 0, "null", 0, "nor where it is listed" },
    { "null " A, "*", 0, A, 1, "which takes nothing from others" },
    { "null", "~null", 0, "null", 0, "nor by an expression" }
};

static void test_credentials(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const cors_policy_t *policy = make(cases[i].origins,
                                           cases[i].credentials, pool);
        const char *text = apr_psprintf(pool, "origins \"%s\", credentials "
            "%s", cases[i].origins, cases[i].credentials
            ? apr_psprintf(pool, "\"%s\"", cases[i].credentials) : "unsaid");
        cors_origin_t origin;

        cors_origin_read(&origin, cases[i].origin);
        is_int(cors_policy_any_origin(policy), cases[i].any_origin,
               "%s: %s any-origin policy", text,
               cases[i].any_origin ? "an" : "no");
        is_int(cors_policy_credentials(policy, &origin), cases[i].may,
               "%s: \"%s\" %s use them: %s", text, cases[i].origin,
               cases[i].may ? "may" : "may not", cases[i].rule);
    }
}

/* The same, for what comes about by merging sections. */
static void test_merged(apr_pool_t *pool)
{
    static const struct {
        const char *origins, *origin_edits;
        const char *credentials, *credential_edits;
        int any_origin, may;
        const char *rule;
    } merged[] = {
        { "*", NULL, A, NULL, 0, 1, "one origin may" },
        { "*", "+" B, NULL, NULL, 1, 0, "an addition to * changes nothing" },
        { "*", "-" B, NULL, NULL, 0, 0, "an exclusion from * does" },
        { "* -" B, "+" B, NULL, NULL, 1, 0,
          "an exclusion that is taken away leaves *" },
        { A, "+*", "*", NULL, 1, 0, "* that is added falls back" },
        { "*", NULL, B, "+*", 1, 0, "as do credentials that are" },
        { "*", NULL, A " " B, "-" B, 0, 1, "one of two is taken away" },
        { "*", NULL, A, "-" A, 1, 0, "no origin is left that may" },
        { A " " B, NULL, "*", "-" A, 0, 0, "On without one" },
        { "null " A, "-null", "*", NULL, 0, 1, "null is taken away" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(merged); i++) {
        cors_policy_t *outer = make(merged[i].origins, merged[i].credentials,
                                    pool);
        cors_policy_t *inner = make(merged[i].origin_edits,
                                    merged[i].credential_edits, pool);
        const cors_policy_t *policy;
        cors_origin_t origin;

        outer->said[CORS_LIST_ORIGINS] = CORS_REPLACES;
        outer->said[CORS_LIST_CREDENTIALS] =
            outer->credentials ? CORS_REPLACES : CORS_UNSAID;
        inner->said[CORS_LIST_ORIGINS] =
            inner->origins ? CORS_EDITS : CORS_UNSAID;
        inner->said[CORS_LIST_CREDENTIALS] =
            inner->credentials ? CORS_EDITS : CORS_UNSAID;
        policy = cors_policy_merge(pool, outer, inner);
        cors_origin_read(&origin, A);
        is_int(cors_policy_any_origin(policy), merged[i].any_origin,
               "merged, case %u: %s any-origin policy: %s", i,
               merged[i].any_origin ? "an" : "no", merged[i].rule);
        is_int(cors_policy_credentials(policy, &origin), merged[i].may,
               "merged, case %u: " A " %s use credentials: %s", i,
               merged[i].may ? "may" : "may not", merged[i].rule);
    }
}

/* Taking away from no list does not make one. */
static void test_lone_exclusions(apr_pool_t *pool)
{
    cors_policy_t *policy = make("-" A, NULL, pool);

    policy->said[CORS_LIST_ORIGINS] = CORS_EDITS;
    ok(!cors_policy_in_force(policy), "an exclusion alone makes no list");
    policy = make("+" A, NULL, pool);
    policy->said[CORS_LIST_ORIGINS] = CORS_EDITS;
    ok(cors_policy_in_force(policy), "an addition alone does");
    policy = make("", NULL, pool);
    policy->said[CORS_LIST_ORIGINS] = CORS_REPLACES;
    ok(cors_policy_in_force(policy), "so does the empty list");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_in_force(pool);
    test_credentials(pool);
    test_merged(pool);
    test_lone_exclusions(pool);
    return tap_end(pool);
}
