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
 * Sets of origins, against lists that are walked through.
 *
 * A line is a list of entries, each of which can have a sign; "~word" is a
 * matcher.  Each list edits those before it.  From the line on that begins with
 * "?" the words are origins that are asked.
 */

#include "../../src/core/cors_origin_set.h"

#include "lib/reference.h"

#define LAYERS_MAX 5

typedef struct {
    cors_origin_set_t *set;
    apr_array_header_t *list;   /* ref_entry_t */
} layer_t;

static layer_t make_layer(char *line, apr_pool_t *pool)
{
    layer_t layer = { cors_origin_set_make(pool),
                      apr_array_make(pool, 4, sizeof(ref_entry_t)) };
    char *word;

    while ((word = take_word(&line)) != NULL) {
        const int exclude = *word == '-';
        const char *pattern;

        word += *word == '-' || *word == '+';
        if (*word == '~') {
            cors_origin_set_add_matcher(layer.set, ref_matcher(word, pool),
                                        exclude);
            ref_add(layer.list, word, exclude);
        }
        else if (!cors_origin_pattern(&pattern, word, pool)) {
            cors_origin_set_add(layer.set, pattern, exclude);
            ref_add(layer.list, pattern, exclude);
        }
    }
    return layer;
}

static layer_t edit(layer_t base, layer_t edits, apr_pool_t *pool)
{
    layer_t layer = { cors_origin_set_edit(pool, base.set, edits.set),
                      ref_edit(base.list, edits.list, 0) };

    return layer;
}

/* Whether anything is included that is not excluded itself. */
static int is_empty(const apr_array_header_t *list)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        if (ref_says(list, APR_ARRAY_IDX(list, i, ref_entry_t).text)) {
            return 0;
        }
    }
    return 1;
}

static void check_predicates(layer_t layer, apr_pool_t *pool)
{
    apr_array_header_t *texts;
    int i;

    must(cors_origin_set_has_any(layer.set) == ref_says(layer.list, "*"), "*");
    must(cors_origin_set_lists_null(layer.set)
         == ref_says(layer.list, "null"), "null");
    must(cors_origin_set_excludes(layer.set) == ref_has_sign(layer.list, 1),
         "excludes");
    must(cors_origin_set_is_empty(layer.set) == is_empty(layer.list),
         "is empty");
    must(!cors_origin_set_wide(layer.set), "is wide");
    texts = cors_origin_set_patterns(layer.set, 0, pool);
    apr_array_cat(texts, cors_origin_set_expressions(layer.set, 0, pool));
    for (i = 0; i < texts->nelts; i++) {
        must(ref_says(layer.list, APR_ARRAY_IDX(texts, i, char *)), "lists %s",
             APR_ARRAY_IDX(texts, i, char *));
    }
    must((texts->nelts == 0) == is_empty(layer.list), "lists nothing");
    must((unsigned int)texts->nelts <= cors_origin_set_count(layer.set, 0),
         "counts %u", cors_origin_set_count(layer.set, 0));
}

static void check_origin(layer_t layer, const char *text)
{
    cors_origin_t origin;

    if (cors_origin_read(&origin, text)) {
        must(cors_origin_set_has(layer.set, &origin)
             == ref_has(layer.list, text, ref_covers_origin), "%s", text);
    }
}

/* The lists merged one after the other, and from the innermost outwards. */
static layer_t merged(const layer_t *layers, int count, int inwards,
                      apr_pool_t *pool)
{
    layer_t layer = layers[inwards ? 0 : count - 1];
    int i;

    for (i = 1; i < count; i++) {
        layer = inwards ? edit(layer, layers[i], pool)
                        : edit(layers[count - 1 - i], layer, pool);
    }
    return layer;
}

void fuzz(input_t *input)
{
    layer_t layers[LAYERS_MAX];
    layer_t inwards, outwards;
    int count = 0;
    char *line;

    layers[count++] = make_layer(need_line(input), input->pool);
    while ((line = take_line(input)) != NULL && *line != '?') {
        if (count < LAYERS_MAX) {
            layers[count++] = make_layer(line, input->pool);
        }
    }
    inwards = merged(layers, count, 1, input->pool);
    outwards = merged(layers, count, 0, input->pool);
    check_predicates(inwards, input->pool);
    check_predicates(outwards, input->pool);
    check_origin(inwards, "null");
    for (; line; line = take_line(input)) {
        char *word;

        line += *line == '?';
        while ((word = take_word(&line)) != NULL) {
            check_origin(inwards, word);
            check_origin(outwards, word);
        }
    }
}
