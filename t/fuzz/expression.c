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


/*
 * Expressions, as the search for what is wrong with them reads them: the first
 * line is an expression, the second the answers of its matcher, which need not
 * make sense, so that every way is gone.
 */

#include "../../src/core/cors_probe.h"
#include "../../src/core/cors_sample.h"

#include "lib/fuzz.h"

#define CALLS_MAX 1000

static unsigned int calls;

/* A matcher knows its answers; the length of the origin, and how often it was
 * asked before, choose one: yes, no, or that it cannot tell. */
static int matches(const cors_matcher_t *matcher, const cors_origin_t *origin)
{
    const char *answers = matcher->data;
    const size_t count = strlen(answers);
    cors_origin_t again;

    must(cors_origin_read(&again, origin->text)
         && !cors_origin_is_null(&again), "asked about \"%s\"",
         origin->text);
    must(++calls <= CALLS_MAX, "asked too often");
    return count ? answers[(origin->len + calls) % count] % 3 - 1 : 1;
}

static const char *site(const char *host)
{
    const char *dot = strrchr(host, '.');

    must(*host && *host != '[', "asked for the site of \"%s\"", host);
    if (strlen(host) % 7 == 0) {
        return NULL;
    }
    while (dot && dot > host && dot[-1] != '.') {
        dot--;
    }
    return dot ? dot : host;
}

static void check_sample(const char *expression, unsigned int alternative,
                         cors_sample_extent_t extent)
{
    cors_sample_t *sample = malloc(sizeof(*sample));

    must(sample, "no memory");
    memset(sample, 0xff, sizeof(*sample));
    if (cors_sample_read(sample, expression, alternative, extent)) {
        must(sample->len <= CORS_ORIGIN_MAX
             && strlen(sample->text) <= sample->len, "\"%s\"", expression);
        must(!sample->text[sample->len], "\"%s\"", expression);
    }
    free(sample);
}

void fuzz(input_t *input)
{
    cors_matcher_t matcher = { need_line(input), matches, NULL };
    cors_origin_t origin;
    const char *got;
    unsigned int i;

    for (i = 0; i < 4; i++) {
        check_sample(matcher.text, i, CORS_SAMPLE_LEAST);
        check_sample(matcher.text, i, CORS_SAMPLE_GROUPS);
        check_sample(matcher.text, i, CORS_SAMPLE_MOST);
    }
    matcher.data = need_line(input);
    calls = 0;
    got = cors_probe(&matcher, site, input->pool);
    must(!got || cors_origin_read(&origin, got), "\"%s\"", got);
}
