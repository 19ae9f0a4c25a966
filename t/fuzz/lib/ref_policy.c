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


#include <strings.h>

#include "../../../src/core/cors_check.h"
#include "../../../src/core/cors_hazard.h"

#include "ref_policy.h"

#define ENTRY(list, i) APR_ARRAY_IDX(list, i, ref_entry_t)

/* The letters of the lists. */
static const char letters[] = "OCMHE";

/* What stands for all patterns that cover all below a public suffix. */
#define WIDE "https://*.com"

/*
 * Reading.
 */

static void add_origin(cors_origin_set_t *set, apr_array_header_t *list,
                       const char *word, int exclude, apr_pool_t *pool)
{
    const char *pattern;

    if (*word == '~') {
        cors_origin_set_add_matcher(set, ref_matcher(word, pool), exclude);
        ref_add(list, word, exclude);
    }
    else if (!cors_origin_pattern(&pattern, word, pool)) {
        cors_origin_set_add(set, pattern, exclude);
        ref_add(list, pattern, exclude);
        if (!exclude && !strcmp(pattern, WIDE)) {
            cors_origin_set_note_wide(set, pattern);
        }
    }
}

static cors_origin_set_t **set_of(cors_policy_t *policy, int which)
{
    return which == CORS_LIST_ORIGINS ? &policy->origins
                                      : &policy->credentials;
}

static cors_names_t **names_of(cors_policy_t *policy, int which)
{
    return which == CORS_LIST_METHODS ? &policy->methods
           : which == CORS_LIST_HEADERS ? &policy->headers : &policy->expose;
}

/* Make what a line of a list says, in place of what another line said. */
static void read_list(cors_policy_t *policy, ref_policy_t *ref, int which,
                      char *line, apr_pool_t *pool)
{
    static cors_check_fn *const checks[] = {
        NULL, NULL, cors_check_method, cors_check_request_header,
        cors_check_response_header
    };
    const int is_origins = which <= CORS_LIST_CREDENTIALS;
    cors_origin_set_t *set = cors_origin_set_make(pool);
    cors_names_t *names = cors_names_make(pool, which == CORS_LIST_METHODS
                                                ? CORS_METHODS
                                                : CORS_HEADERS);
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(ref_entry_t));
    char *word;

    policy->said[which] = CORS_UNSAID;
    while ((word = take_word(&line)) != NULL) {
        const int exclude = *word == '-';
        const int has_sign = exclude || *word == '+';

        cors_policy_say(policy, (cors_list_t)which, has_sign);
        word += has_sign;
        if (is_origins) {
            add_origin(set, list, word, exclude, pool);
        }
        else if (!checks[which](word, exclude, pool)) {
            cors_names_add(names, word, exclude);
            ref_add(list, word, exclude);
        }
    }
    if (policy->said[which] == CORS_UNSAID) {
        policy->said[which] = CORS_REPLACES;    /* None */
    }
    ref->said[which] = (cors_said_t)policy->said[which];
    ref->list[which] = list;
    if (is_origins) {
        *set_of(policy, which) = set;
    }
    else {
        cors_names_seal(names);
        *names_of(policy, which) = names;
    }
}

static void read_settings(cors_policy_t *policy, char *line)
{
    char *word;

    while ((word = take_word(&line)) != NULL) {
        switch (*word) {
        case 'd':
            cors_policy_set(policy, CORS_DEBUG, CORS_ON);
            break;
        case 'p':
            cors_policy_set(policy, CORS_PRIVATE_NETWORK, CORS_ON);
            break;
        case 'P':
            cors_policy_set(policy, CORS_PREFLIGHT_BY, CORS_PREFLIGHT_PASS);
            break;
        case '2':
            cors_policy_set(policy, CORS_PREFLIGHT_STATUS,
                            CORS_PREFLIGHT_200);
            break;
        case 'o':
            cors_policy_set(policy, CORS_ENGINE, CORS_ENGINE_OFF);
            break;
        case 'O':
            cors_policy_set(policy, CORS_ENGINE, CORS_ENGINE_ON);
            break;
        default:
            break;
        }
    }
}

both_t ref_policy_read(char **line, input_t *input)
{
    cors_policy_t *policy = cors_policy_make(input->pool);
    both_t both = { policy };

    for (; *line; *line = take_line(input)) {
        const char *letter = **line ? strchr(letters, **line) : NULL;

        if (letter) {
            read_list(policy, &both.ref, (int)(letter - letters), *line + 1,
                      input->pool);
        }
        else if (**line == 'S') {
            read_settings(policy, *line + 1);
        }
        else if (**line == 'A') {
            policy->has_max_age = 1;
            policy->max_age = apr_psprintf(input->pool, "%u",
                                           (unsigned int)atoi(*line + 1));
        }
        else {
            break;
        }
    }
    policy->hazards = cors_hazards(policy);
    return both;
}

/*
 * Merging.
 */

both_t ref_policy_merge(both_t outer, both_t inner, apr_pool_t *pool)
{
    both_t both = outer;
    int i;

    both.policy = cors_policy_merge(pool, outer.policy, inner.policy);
    for (i = 0; i < CORS_LISTS; i++) {
        if (inner.ref.said[i] == CORS_UNSAID) {
            continue;
        }
        both.ref.list[i] = inner.ref.said[i] == CORS_EDITS && outer.ref.list[i]
                           ? ref_edit(outer.ref.list[i], inner.ref.list[i],
                                      i == CORS_LIST_HEADERS
                                      || i == CORS_LIST_EXPOSE)
                           : inner.ref.list[i];
        if (inner.ref.said[i] == CORS_REPLACES
            || outer.ref.said[i] == CORS_UNSAID) {
            both.ref.said[i] = inner.ref.said[i];
        }
    }
    return both;
}

/*
 * Asking.
 */

static int says(const ref_policy_t *policy, cors_list_t list,
                const char *text)
{
    return policy->list[list] && ref_says(policy->list[list], text);
}

/* Whether a list says anything that it does not exclude itself. */
static int says_anything(const ref_policy_t *policy, cors_list_t which)
{
    const apr_array_header_t *list = policy->list[which];
    int i;

    for (i = 0; list && i < list->nelts; i++) {
        if (ref_says(list, ENTRY(list, i).text)) {
            return 1;
        }
    }
    return 0;
}

/* What would give credentials to everybody gives none. */
static int denies_credentials(const ref_policy_t *policy)
{
    const int all = says(policy, CORS_LIST_CREDENTIALS, "*");

    return (all && says(policy, CORS_LIST_ORIGINS, "*"))
           || (all && says(policy, CORS_LIST_ORIGINS, WIDE))
           || says(policy, CORS_LIST_CREDENTIALS, WIDE);
}

int ref_policy_has_origins(const ref_policy_t *policy)
{
    return policy->said[CORS_LIST_ORIGINS] == CORS_REPLACES
           || says_anything(policy, CORS_LIST_ORIGINS);
}

int ref_policy_any_origin(const ref_policy_t *policy)
{
    return says(policy, CORS_LIST_ORIGINS, "*")
           && !ref_has_sign(policy->list[CORS_LIST_ORIGINS], 1)
           && (!says_anything(policy, CORS_LIST_CREDENTIALS)
               || denies_credentials(policy));
}

int ref_policy_has(const ref_policy_t *policy, cors_list_t list,
                   const char *text)
{
    ref_covers_fn *covers = list == CORS_LIST_METHODS ? ref_covers_method
                            : list >= CORS_LIST_HEADERS ? ref_covers_header
                            : ref_covers_origin;

    return policy->list[list] && ref_has(policy->list[list], text, covers);
}

int ref_policy_credentials(const ref_policy_t *policy, const char *origin)
{
    return strcmp(origin, "null") && !denies_credentials(policy)
           && ref_policy_has(policy, CORS_LIST_CREDENTIALS, origin);
}

int ref_policy_method(const ref_policy_t *policy, const char *method)
{
    if (!strcmp(method, "GET") || !strcmp(method, "HEAD")
        || !strcmp(method, "POST")) {
        return 1;
    }
    return ref_is_token(method) && strcasecmp(method, "CONNECT")
           && strcasecmp(method, "TRACE") && strcasecmp(method, "TRACK")
           && ref_policy_has(policy, CORS_LIST_METHODS, method);
}

int ref_policy_header(const ref_policy_t *policy, const char *name)
{
    return strcasecmp(name, "authorization")
           ? ref_policy_has(policy, CORS_LIST_HEADERS, name)
           : policy->list[CORS_LIST_HEADERS]
             && ref_lists(policy->list[CORS_LIST_HEADERS], name,
                          ref_covers_header);
}
