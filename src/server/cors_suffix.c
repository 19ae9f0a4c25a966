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

#include <libpsl.h>

#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "../core/cors_origin.h"
#include "../core/cors_token.h"
#include "cors_suffix.h"

static psl_ctx_t *suffixes;

static apr_status_t free_suffixes(void *data)
{
    (void)data;
    psl_free(suffixes);
    suffixes = NULL;
    return APR_SUCCESS;
}

void cors_suffix_load(apr_pool_t *pool)
{
    suffixes = psl_latest(NULL);
    apr_pool_cleanup_register(pool, NULL, free_suffixes,
                              apr_pool_cleanup_null);
}

int cors_suffix_is_covered(const char *pattern)
{
    const char *host = strstr(pattern, "://*.");
    char name[CORS_ORIGIN_MAX];
    apr_size_t len;

    if (!host || !suffixes) {
        return 0;
    }
    host += CORS_LEN("://*.");
    len = strcspn(host, ":");
    len -= len && host[len - 1] == '.';
    memcpy(name, host, len);
    name[len] = '\0';
    return psl_is_public_suffix2(suffixes, name,
                                 PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

const char *cors_suffix_site(const char *host)
{
    const char *dot = strrchr(host, '.');
    const char *label = dot ? dot + 1 : host;

    if (!suffixes) {
        return label;
    }
    /* Names in documents end in "example", which the list has not. */
    if (strcmp(label, "example") != 0
        && !psl_is_public_suffix2(suffixes, label,
                                  PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE)) {
        return label;
    }
    return psl_registrable_domain(suffixes, host);
}
