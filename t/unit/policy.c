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

/* Policies: what holds where an inner section stands in an outer one, which
 * policies are in force, and who may use credentials. */

#include "../../src/core/cors_policy.h"

#include "lists.h"

/*
 * Settings.
 */

static const struct {
    cors_setting_t setting;
    const char *name;
} settings[] = {
    { CORS_ENGINE, "engine" },
    { CORS_PREFLIGHT_BY, "preflight" },
    { CORS_PREFLIGHT_STATUS, "preflight status" },
    { CORS_ENFORCE, "enforce" },
    { CORS_UPSTREAM, "upstream" },
    { CORS_TIMING, "timing" },
    { CORS_PRIVATE_NETWORK, "private network" },
    { CORS_DEBUG, "debug" }
};

#define UNSAID (-1)

/* A section that says one setting, or another thing only. */
static cors_policy_t *say_setting(cors_setting_t setting, int value,
                                  apr_pool_t *pool)
{
    cors_policy_t *policy = cors_policy_make(pool);

    if (value == UNSAID) {
        cors_policy_set(policy, setting == CORS_ENGINE ? CORS_TIMING
                                                       : CORS_ENGINE, 1);
    }
    else {
        cors_policy_set(policy, setting, (unsigned char)value);
    }
    return policy;
}

static void test_settings(apr_pool_t *pool)
{
    static const struct {
        int outer, inner, want;
        const char *rule;
    } cases[] = {
        { UNSAID, UNSAID, 0, "unsaid it has its default" },
        { 1, UNSAID, 1, "what the outer section says holds" },
        { UNSAID, 1, 1, "what the inner section says holds" },
        { 0, 1, 1, "the inner section replaces the outer one" },
        { 1, 0, 0, "also with the default" },
        { 1, 1, 1, "both may say the same" }
    };
    unsigned int i, j;

    is_int(COUNT(settings), CORS_SETTINGS, "every setting is tested");
    for (i = 0; i < COUNT(settings); i++) {
        const cors_setting_t setting = settings[i].setting;

        for (j = 0; j < COUNT(cases); j++) {
            const cors_policy_t *merged = cors_policy_merge(
                pool, say_setting(setting, cases[j].outer, pool),
                say_setting(setting, cases[j].inner, pool));

            is_int(merged->setting[setting], cases[j].want, "%s: %s",
                   settings[i].name, cases[j].rule);
        }
    }
}

/* A setting that neither the inner nor the middle section says comes through
 * both, in whatever order they are merged. */
static void test_settings_through(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(settings); i++) {
        const cors_setting_t setting = settings[i].setting;
        const cors_policy_t *a = say_setting(setting, 1, pool);
        const cors_policy_t *b = say_setting(setting, UNSAID, pool);
        const cors_policy_t *c = say_setting(setting, 0, pool);

        is_int(cors_policy_merge(pool, cors_policy_merge(pool, a, b), b)
               ->setting[setting], 1, "%s comes through", settings[i].name);
        is_int(cors_policy_merge(pool, a, cors_policy_merge(pool, b, b))
               ->setting[setting], 1, "%s comes through, innermost first",
               settings[i].name);
        is_int(cors_policy_merge(pool, a, cors_policy_merge(pool, c, b))
               ->setting[setting], 0, "%s: the middle section's default "
               "counts as said", settings[i].name);
    }
}

static cors_policy_t *say_max_age(int said, const char *value,
                                  apr_pool_t *pool)
{
    cors_policy_t *policy = cors_policy_make(pool);

    policy->has_max_age = said != 0;
    policy->max_age = value;
    cors_policy_set(policy, CORS_TIMING, 0);
    return policy;
}

static void test_max_age(apr_pool_t *pool)
{
    static const struct {
        int outer_said;
        const char *outer;
        int inner_said;
        const char *inner, *want, *rule;
    } cases[] = {
        { 0, NULL, 0, NULL, NULL, "unsaid it is off" },
        { 1, "600", 0, NULL, "600", "what the outer section says holds" },
        { 0, NULL, 1, "600", "600", "what the inner section says holds" },
        { 1, "600", 1, "0", "0", "the inner section replaces the outer" },
        { 1, "600", 1, NULL, NULL, "also with Off" },
        { 1, NULL, 1, "600", "600", "an outer Off is replaced" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const cors_policy_t *merged = cors_policy_merge(
            pool, say_max_age(cases[i].outer_said, cases[i].outer, pool),
            say_max_age(cases[i].inner_said, cases[i].inner, pool));

        is_str(merged->max_age, cases[i].want, "max age: %s", cases[i].rule);
        is_int(merged->has_max_age,
               cases[i].outer_said || cases[i].inner_said,
               "max age is said if one section says it: %s", cases[i].rule);
    }
}

/*
 * Lists.  Each test runs with every list; its entries are single letters,
 * which origins stand for in the lists of origins.
 */

static const char *const list_names[CORS_LISTS] = {
    "origins", "credentials", "methods", "headers", "expose"
};

static cors_origin_set_t **origins_of(cors_policy_t *policy, int list)
{
    return list == CORS_LIST_ORIGINS ? &policy->origins
                                     : &policy->credentials;
}

static cors_names_t **names_of(cors_policy_t *policy, int list)
{
    return list == CORS_LIST_METHODS ? &policy->methods
           : list == CORS_LIST_HEADERS ? &policy->headers : &policy->expose;
}

static int is_origins(int list)
{
    return list == CORS_LIST_ORIGINS || list == CORS_LIST_CREDENTIALS;
}

/* A section that says a list: "" says nothing of it, "None" empties it. */
static cors_policy_t *say_list(int list, const char *text, apr_pool_t *pool)
{
    cors_policy_t *policy = cors_policy_make(pool);
    const char *entries = strcmp(text, "None") ? text : "";
    char *rest = apr_pstrdup(pool, text);
    const char *entry, *origins = "";

    cors_policy_set(policy, CORS_TIMING, 1);
    if (!*text) {
        return policy;
    }
    while ((entry = apr_strtok(rest, " ", &rest)) != NULL) {
        const int has_sign = *entry == '+' || *entry == '-';

        cors_policy_say(policy, (cors_list_t)list, has_sign);
        origins = apr_psprintf(pool, has_sign ? "%s %.1shttps://%s"
                                              : "%s %.0shttps://%s",
                               origins, entry, entry + has_sign);
    }
    if (is_origins(list)) {
        *origins_of(policy, list) = make_origins(*entries ? origins : "",
                                                 pool);
    }
    else {
        *names_of(policy, list) = make_names(list == CORS_LIST_METHODS
                                             ? CORS_METHODS : CORS_HEADERS,
                                             entries, pool);
    }
    return policy;
}

static int covers(const cors_policy_t *policy, int list, const char *letter,
                  apr_pool_t *pool)
{
    cors_policy_t *p = apr_pmemdup(pool, policy, sizeof(*policy));
    cors_origin_t origin;

    if (is_origins(list)) {
        return *origins_of(p, list)
               && cors_origin_read(&origin, apr_pstrcat(pool, "https://",
                                                        letter, NULL))
               && cors_origin_set_has(*origins_of(p, list), &origin);
    }
    return *names_of(p, list) && cors_names_has(*names_of(p, list), letter,
                                                1);
}

/* Which of a to e a list covers; "none" if there is no list. */
static const char *covered(const cors_policy_t *policy, int list,
                           apr_pool_t *pool)
{
    cors_policy_t *p = apr_pmemdup(pool, policy, sizeof(*policy));
    const char *text = "";
    char letter[2] = "a";

    if (is_origins(list) ? !*origins_of(p, list) : !*names_of(p, list)) {
        return "none";
    }
    for (; *letter <= 'e'; ++*letter) {
        if (covers(policy, list, letter, pool)) {
            text = apr_pstrcat(pool, text, letter, NULL);
        }
    }
    return text;
}

static void test_lists(apr_pool_t *pool)
{
    static const struct {
        const char *outer, *inner, *want;
        cors_said_t said;
        const char *rule;
    } cases[] = {
        { "", "", "none", CORS_UNSAID, "unsaid there is none" },
        { "a b", "", "ab", CORS_REPLACES, "the outer list holds" },
        { "+a", "", "a", CORS_EDITS, "outer edits hold" },
        { "", "a b", "ab", CORS_REPLACES, "the inner list holds" },
        { "", "+a", "a", CORS_EDITS, "edits of nothing are a list" },
        { "", "-a", "", CORS_EDITS, "also if they take away" },
        { "a b", "c", "c", CORS_REPLACES, "a plain list replaces" },
        { "a b", "+c d", "cd", CORS_REPLACES,
          "one entry without a sign makes it replace" },
        { "a b", "d +c", "cd", CORS_REPLACES, "wherever it stands" },
        { "a b", "None", "", CORS_REPLACES, "None replaces" },
        { "a b", "+c", "abc", CORS_REPLACES, "+ adds to the outer list" },
        { "a b", "-a", "b", CORS_REPLACES, "- takes away from it" },
        { "a b", "-a +c", "bc", CORS_REPLACES, "or both" },
        { "a -b", "+b", "ab", CORS_REPLACES, "+ takes an exclusion away" },
        { "+a -b", "+b", "ab", CORS_EDITS, "edits of edits are edits" },
        { "+a", "b", "b", CORS_REPLACES, "a plain list replaces edits" },
        { "None", "+a", "a", CORS_REPLACES, "edits of the empty list" }
    };
    unsigned int i;
    int list;

    for (list = 0; list < CORS_LISTS; list++) {
        for (i = 0; i < COUNT(cases); i++) {
            const cors_policy_t *merged = cors_policy_merge(
                pool, say_list(list, cases[i].outer, pool),
                say_list(list, cases[i].inner, pool));

            is_str(covered(merged, list, pool), cases[i].want,
                   "%s \"%s\" | \"%s\": %s", list_names[list],
                   cases[i].outer, cases[i].inner, cases[i].rule);
            is_int(merged->said[list], cases[i].said,
                   "%s \"%s\" | \"%s\": and says so further out",
                   list_names[list], cases[i].outer, cases[i].inner);
        }
    }
}

/* Three sections, each saying nothing, an edit or a list: both orders. */
static void test_lists_associate(apr_pool_t *pool)
{
    static const char *const says[] = {
        "", "None", "a b", "b -c", "+a +c", "-a -b", "+b -d"
    };
    const unsigned int n = COUNT(says);
    int list;

    for (list = 0; list < CORS_LISTS; list++) {
        unsigned int i;

        for (i = 0; i < n * n * n; i++) {
            const cors_policy_t *a = say_list(list, says[i / n / n], pool);
            const cors_policy_t *b = say_list(list, says[i / n % n], pool);
            const cors_policy_t *c = say_list(list, says[i % n], pool);
            const cors_policy_t *left = cors_policy_merge(
                pool, cors_policy_merge(pool, a, b), c);
            const cors_policy_t *right = cors_policy_merge(
                pool, a, cors_policy_merge(pool, b, c));

            if (!ok(!strcmp(covered(left, list, pool),
                            covered(right, list, pool))
                    && left->said[list] == right->said[list],
                    "%s \"%s\" | \"%s\" | \"%s\": merging is associative",
                    list_names[list], says[i / n / n], says[i / n % n],
                    says[i % n])) {
                return;
            }
        }
    }
}

/* A section touches the list that it names and no other. */
static void test_lists_apart(apr_pool_t *pool)
{
    int said, other;

    for (said = 0; said < CORS_LISTS; said++) {
        for (other = 0; other < CORS_LISTS; other++) {
            const cors_policy_t *merged = cors_policy_merge(
                pool, say_list(other, "a", pool), say_list(said, "b", pool));

            is_str(covered(merged, other, pool), said == other ? "b" : "a",
                   "%s: what an inner section says of the %s %s",
                   list_names[other], list_names[said],
                   said == other ? "replaces" : "leaves them alone");
        }
    }
}

/* Nothing is copied where one of the two says nothing. */
static void test_identity(apr_pool_t *pool)
{
    const cors_policy_t *nothing = cors_policy_make(pool);
    const cors_policy_t *says[] = {
        say_list(CORS_LIST_EXPOSE, "a", pool),
        say_max_age(1, NULL, pool),
        say_setting(CORS_ENGINE, 0, pool)
    };
    cors_policy_t *list_alone = cors_policy_make(pool);
    unsigned int i;

    for (i = 0; i < COUNT(says); i++) {
        ok(cors_policy_merge(pool, nothing, says[i]) == says[i],
           "case %u: the inner section alone holds", i);
        ok(cors_policy_merge(pool, says[i], nothing) == says[i],
           "case %u: the outer section alone holds", i);
    }
    cors_policy_say(list_alone, CORS_LIST_HEADERS, 0);
    ok(cors_policy_merge(pool, says[0], list_alone) != says[0],
       "a section that empties one list says something");
}

/* Merging the same sections twice makes policies that are known to be the same;
 * what differs in a list, a time or a setting is not. */
static void test_same(apr_pool_t *pool)
{
    const cors_policy_t *outer = say_list(CORS_LIST_ORIGINS, "a", pool);
    const cors_policy_t *inner = say_setting(CORS_DEBUG, 1, pool);
    const cors_policy_t *merged = cors_policy_merge(pool, outer, inner);
    int i;

    ok(cors_policy_is_same(NULL, NULL), "no policy is none");
    ok(!cors_policy_is_same(outer, NULL) && !cors_policy_is_same(NULL, outer),
       "and not one");
    ok(cors_policy_is_same(outer, outer), "a policy is itself");
    ok(merged != cors_policy_merge(pool, outer, inner)
       && cors_policy_is_same(merged, cors_policy_merge(pool, outer, inner)),
       "merged twice it is the same");
    for (i = 0; i < CORS_LISTS; i++) {
        ok(!cors_policy_is_same(merged, cors_policy_merge(
               pool, merged, say_list(i, "b", pool))),
           "with other %s it is not", list_names[i]);
    }
    for (i = 0; i < CORS_SETTINGS; i++) {
        ok(!cors_policy_is_same(merged, cors_policy_merge(
               pool, merged, say_setting((cors_setting_t)i,
                                         !merged->setting[i], pool))),
           "nor with another setting %d", i);
    }
    ok(!cors_policy_is_same(merged, cors_policy_merge(
           pool, merged, say_max_age(1, "60", pool))),
       "nor with another time");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_settings(pool);
    test_settings_through(pool);
    test_max_age(pool);
    test_lists(pool);
    test_lists_associate(pool);
    test_lists_apart(pool);
    test_identity(pool);
    test_same(pool);
    return tap_end(pool);
}
