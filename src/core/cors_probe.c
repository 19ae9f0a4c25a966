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

#include <arpa/inet.h>

#include <apr_lib.h>
#include <apr_strings.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_probe.h"
#include "cors_sample.h"
#include "cors_token.h"

/* So many alternatives of an expression are looked at, and so many probes
 * made of them. */
#define ALTERNATIVES_MAX 64
#define PROBES_MAX 1000

/* An answer that cannot be found out has taken long, and counts for so many. */
#define PROBES_HARD 250

/* What a byte of a probe can be besides what bytes of samples are. */
enum {
    BYTE_BAIT = CORS_BYTE_FREE + 1,     /* put where a wildcard was */
    BYTE_NO_DOT                         /* put where a dot was meant */
};

/* How much a probe that gets in says about the expression. */
typedef enum {
    NOTHING,            /* it is what the expression is written for */
    SOMETHING,          /* it is not, but nobody might have such a name */
    EVERYTHING          /* it is not, and anybody can have such a name */
} worth_t;

typedef struct {
    const cors_matcher_t *matcher;
    cors_site_fn *site;
    unsigned int left;                  /* how many probes may be tried */
    worth_t worth;                      /* of the best that got in */
    char best[CORS_ORIGIN_MAX + 1];
} search_t;

/* Whether the expression demands a letter or digit of a name. */
static int is_named(const char *name, const unsigned char *kind,
                    apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (kind[i] < CORS_BYTE_FREE && apr_isalnum(name[i])) {
            return 1;
        }
    }
    return 0;
}

/* Whether what the expression leaves open of a label is joined to the rest as
 * in the names that hosting services make: "pr-1--app" of Netlify,
 * "app--pr-1" of Firebase, "app-1-team" of Vercel. */
static int is_joined(const char *label, const unsigned char *kind,
                     apr_size_t len)
{
    apr_size_t start = 0;
    apr_size_t end = len;

    while (start < end && kind[start] < CORS_BYTE_FREE) {
        start++;
    }
    while (end > start && kind[end - 1] < CORS_BYTE_FREE) {
        end--;
    }
    return (start > 1 && !strncmp(label + start - 2, "--", 2))
           || (len - end > 1 && !strncmp(label + end, "--", 2))
           || (start > 0 && end < len && label[start - 1] == '-'
               && label[end] == '-');
}

/* What it says that a probe of this site gets in.  No stranger has a site of
 * one label, unless its scheme is not of the web. */
static worth_t site_worth(const char *site, const unsigned char *kind)
{
    const apr_size_t len = strlen(site);
    const apr_size_t label = strcspn(site, ".");
    const int no_dot = memchr(kind, BYTE_NO_DOT, len) != NULL;
    const int is_baited = no_dot || memchr(kind, BYTE_BAIT, len);
    const worth_t most = label < len ? EVERYTHING : SOMETHING;

    if (!is_named(site, kind, label)) {
        return is_baited ? most : SOMETHING;
    }
    if (no_dot) {
        return most;
    }
    return is_baited && label < len && !is_joined(site, kind, label)
           ? EVERYTHING : NOTHING;
}

static worth_t probe_worth(const search_t *search, const cors_sample_t *probe,
                           const cors_origin_t *origin)
{
    const unsigned char *kind = probe->kind + origin->host;
    apr_size_t len = origin->host_end - origin->host;
    unsigned char address[4];
    char host[CORS_ORIGIN_MAX + 1];
    const char *label;
    const char *site;

    memcpy(host, origin->text + origin->host, len);
    len -= host[len - 1] == '.';
    host[len] = '\0';
    if (*host == '[') {
        return NOTHING;
    }
    label = strrchr(host, '.');
    label = label ? label + 1 : host;
    if (apr_isdigit(*label)) {
        /* Names do not end so: URLs have it as an address, or not at all. */
        return inet_pton(AF_INET, host, address) == 1
               && !is_named(host, kind, len) ? EVERYTHING : NOTHING;
    }
    site = search->site(host);
    if (!site) {
        site = host;
    }
    return site_worth(site, kind + (site - host));
}

/* Try a probe, if it could say more than the best so far. */
static void try_probe(search_t *search, const cors_sample_t *probe)
{
    cors_origin_t origin;
    worth_t worth;
    int matches;

    if (search->worth == EVERYTHING || !search->left) {
        return;
    }
    search->left--;
    if (probe->len > CORS_ORIGIN_MAX
        || !cors_origin_read(&origin, probe->text)
        || cors_origin_is_null(&origin)) {
        return;
    }
    worth = probe_worth(search, probe, &origin);
    if (worth <= search->worth) {
        return;
    }
    matches = search->matcher->matches(search->matcher, &origin);
    if (matches < 0) {
        search->left -= search->left < PROBES_HARD ? search->left
                                                   : PROBES_HARD;
    }
    if (matches > 0) {
        search->worth = worth;
        memcpy(search->best, probe->text, probe->len + 1);
    }
}

/* A copy of a sample with bait in the place of the bytes from start to end. */
static void replace(cors_sample_t *probe, const cors_sample_t *sample,
                    apr_size_t start, apr_size_t end, const char *bait,
                    unsigned char kind)
{
    apr_size_t i;

    *probe = *sample;
    cors_sample_cut(probe, start);
    while (*bait) {
        cors_sample_put(probe, *bait++, kind);
    }
    for (i = end; i < sample->len; i++) {
        cors_sample_put(probe, sample->text[i], sample->kind[i]);
    }
}

/* Where the next run of free bytes begins, or the end of the sample. */
static apr_size_t next_free(const cors_sample_t *sample, apr_size_t i)
{
    while (i < sample->len && sample->kind[i] != CORS_BYTE_FREE) {
        i++;
    }
    return i;
}

/* Try what a stranger would have in the place of a wildcard. */
static void try_baits(search_t *search, const cors_sample_t *sample,
                      apr_size_t start, apr_size_t end)
{
    /* In front of a name, and behind it. */
    static const char *const before[] = { "evil", "evil-", NULL };
    static const char *const behind[] = {
        ".evil.example", "evil.example", "evil", "tk", "203.0.113.7", NULL
    };
    const int ends = sample->text[end] == '\0' || sample->text[end] == ':';
    const char *const *bait = ends ? behind : before;
    cors_sample_t probe;

    for (; *bait; bait++) {
        replace(&probe, sample, start, end, *bait, BYTE_BAIT);
        try_probe(search, &probe);
    }
}

static void try_sample(search_t *search, const cors_sample_t *sample)
{
    cors_sample_t probe;
    apr_size_t start;
    apr_size_t end;

    for (start = next_free(sample, 0); start < sample->len;
         start = next_free(sample, end)) {
        end = start;
        while (end < sample->len && sample->kind[end] == CORS_BYTE_FREE) {
            end++;
        }
        try_baits(search, sample, start, end);
    }
    for (start = 0; start < sample->len; start++) {
        if (sample->kind[start] == CORS_BYTE_DOT) {
            replace(&probe, sample, start, start + 1, "x", BYTE_NO_DOT);
            try_probe(search, &probe);
        }
    }
    try_probe(search, sample);
}

/* Put a scheme where a wildcard has to hold it, as in ".*example\.com" and
 * "http.*example\.com". */
static void complete_scheme(cors_sample_t *sample)
{
    static const char scheme[] = "https://";
    const cors_sample_t copy = *sample;
    const apr_size_t at = next_free(sample, 0);

    if (!strstr(sample->text, "://") && at < CORS_LEN(scheme)
        && !strncmp(sample->text, scheme, at)) {
        replace(sample, &copy, at, at, scheme + at, CORS_BYTE_FIXED);
    }
}

/* Try sites that have nothing to do with the expression, which the reader
 * need not understand. */
static void try_strangers(search_t *search)
{
    static const char *const strangers[] = {
        "https://evil.example", "http://evil.example", NULL
    };
    const cors_sample_t nothing = { 0 };
    const char *const *stranger;
    cors_sample_t probe;

    if (strstr(search->matcher->text, "evil")) {
        return;             /* no stranger to this one, perhaps */
    }
    for (stranger = strangers; *stranger; stranger++) {
        replace(&probe, &nothing, 0, 0, *stranger, BYTE_BAIT);
        try_probe(search, &probe);
    }
}

const char *cors_probe(const cors_matcher_t *matcher, cors_site_fn *site,
                       apr_pool_t *pool)
{
    search_t search = { matcher, site, PROBES_MAX, NOTHING, "" };
    cors_sample_t sample = { 0 };
    unsigned int alternative = 0;

    try_strangers(&search);
    do {
        int extent;

        for (extent = CORS_SAMPLE_LEAST; extent <= CORS_SAMPLE_MOST;
             extent++) {
            if (cors_sample_read(&sample, matcher->text, alternative,
                                 (cors_sample_extent_t)extent)) {
                complete_scheme(&sample);
                try_sample(&search, &sample);
            }
        }
    } while (sample.has_more && ++alternative < ALTERNATIVES_MAX
             && search.worth != EVERYTHING && search.left);
    return search.worth == NOTHING ? NULL : apr_pstrdup(pool, search.best);
}
