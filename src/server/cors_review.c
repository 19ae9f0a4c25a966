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

#include <apr_hash.h>
#include <apr_strings.h>

#include <httpd.h>
#include <http_config.h>

#include "../core/cors_hazard.h"
#include "../core/cors_token.h"
#include "cors_review.h"
#include "cors_section.h"

typedef struct {
    const server_rec *main_server;
    apr_pool_t *pool;
    apr_pool_t *scratch;            /* cleared after each section */
    const apr_array_header_t *overrides;    /* where a .htaccess may list
                                             * origins */
} review_t;

/* Each warning once.  From the start on it is only read. */
static apr_hash_t *told;

#define SECTION(i) APR_ARRAY_IDX(cors_sections(), i, cors_section_t *)

void cors_review_begin(void)
{
    told = NULL;
}

int cors_review_has_told(const char *text)
{
    return told && apr_hash_get(told, text, APR_HASH_KEY_STRING);
}

static void warn(const review_t *review, const cors_section_t *section,
                 const char *text)
{
    if (text && !cors_review_has_told(text)) {
        text = apr_pstrdup(review->pool, text);
        apr_hash_set(told, text, APR_HASH_KEY_STRING, text);
        APR_ARRAY_PUSH(section->warnings, const char *) = text;
    }
}

/* Whether an origin is one of this machine, as browsers see it: what goes over
 * no network is safe without TLS (Secure Contexts, 3.1). */
static int is_loopback(const char *host)
{
    const apr_size_t digits = strspn(host, "0123456789.");
    const apr_size_t len = strcspn(host, *host == '[' ? "]" : ":");
    const char localhost[] = "localhost";
    const apr_size_t size = CORS_LEN(localhost);

    return (!strncmp(host, "127.", 4) && digits == len)
           || !strncmp(host, "[::1]", 5)
           || (len >= size && !strncmp(host + len - size, localhost, size)
               && (len == size || host[len - size - 1] == '.'));
}

/* CORS-W01: who is on the way of an http:// page can make it ask anything, and
 * read the answer. */
static const char *find_cleartext(const cors_policy_t *policy,
                                  apr_pool_t *pool)
{
    const cors_list_t list = cors_origin_set_has_any(policy->credentials)
                             ? CORS_LIST_ORIGINS : CORS_LIST_CREDENTIALS;
    const apr_array_header_t *patterns =
        cors_origin_set_patterns(list == CORS_LIST_ORIGINS
                                 ? policy->origins : policy->credentials,
                                 0, pool);
    const char *first = NULL;
    int count = 0;
    int i;

    for (i = 0; i < patterns->nelts; i++) {
        const char *pattern = APR_ARRAY_IDX(patterns, i, const char *);

        if (!strncmp(pattern, "http://", CORS_LEN("http://"))
            && !is_loopback(pattern + CORS_LEN("http://"))) {
            first = count++ ? first : pattern;
        }
    }
    return first ? apr_psprintf(pool, "CORS-W01: \"%s\"%s with credentials "
                                "lets everybody in who can change what goes "
                                "over its network: write \"https%s\" (%s)",
                                first, count == 1 ? "" : apr_psprintf(pool,
                                " and %d more", count - 1),
                                first + CORS_LEN("http"),
                                cors_policy_place(policy, list, pool))
                 : NULL;
}

/* What holds in a section for the requests of a server. */
static void review_effect(const review_t *review,
                          const cors_section_t *section,
                          const server_rec *server)
{
    const cors_policy_t *policy = cors_section_effect(section,
                                                      review->main_server,
                                                      server, review->scratch);
    unsigned int hazard;

    if (!cors_policy_in_force(policy) || !policy->credentials) {
        apr_pool_clear(review->scratch);
        return;
    }
    warn(review, section, find_cleartext(policy, review->scratch));
    for (hazard = 1; hazard <= policy->hazards; hazard <<= 1) {
        if (policy->hazards & hazard) {
            warn(review, section,
                 cors_hazard_warning(policy, hazard, review->scratch));
        }
    }
    apr_pool_clear(review->scratch);
}

/* Whether origins can come to a section: from itself, from another one that
 * holds for the same request, or from a .htaccess. */
static int can_have_origins(const review_t *review,
                            const cors_section_t *section)
{
    int i;

    for (i = 0; i < cors_sections()->nelts; i++) {
        if (cors_policy_has_origins(SECTION(i)->policy)
            && cors_sections_meet(SECTION(i), section, review->main_server)) {
            return 1;
        }
    }
    for (i = 0; i < review->overrides->nelts; i++) {
        if (cors_areas_meet(&APR_ARRAY_IDX(review->overrides, i, cors_area_t),
                            &section->area)) {
            return 1;
        }
    }
    return 0;
}

/* CORS-W06.  What is off needs no list. */
static void review_reach(const review_t *review, const cors_section_t *section)
{
    const ap_directive_t *first = APR_ARRAY_IDX(section->lines, 0,
                                                const ap_directive_t *);

    if (section->policy->setting[CORS_ENGINE] != CORS_ENGINE_OFF
        && !cors_policy_has_origins(section->policy)
        && !can_have_origins(review, section)) {
        warn(review, section,
             apr_psprintf(review->pool, "CORS-W06: no list of origins reaches "
                          "this section, and without one nothing that it says "
                          "of CORS has an effect: add \"CorsAllowOrigin\" "
                          "(%s at %s:%d)", first->directive, first->filename,
                          first->line_num));
    }
}

void cors_review(const server_rec *main_server, apr_pool_t *pool)
{
    review_t review = {
        main_server, pool, NULL,
        cors_section_overrides("CorsAllowOrigin", pool)
    };
    int i, k;

    told = apr_hash_make(pool);
    apr_pool_create(&review.scratch, pool);
    for (i = 0; i < cors_sections()->nelts; i++) {
        review_reach(&review, SECTION(i));
        review_effect(&review, SECTION(i), SECTION(i)->server);
        if (SECTION(i)->server != main_server) {
            continue;
        }
        /* A section of the main server holds for its virtual hosts as well,
         * and together with what those say themselves. */
        for (k = 0; k < cors_sections()->nelts; k++) {
            if (SECTION(k)->server != main_server
                && cors_section_is_level(SECTION(k))) {
                review_effect(&review, SECTION(i), SECTION(k)->server);
            }
        }
    }
}
