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


/* What libFuzzer calls, and memory in which the sanitizers see every byte that
 * is read or written beyond a block. */

#include <stdarg.h>
#include <stdio.h>

#include <apr_general.h>

#include "fuzz.h"

/*
 * Memory.  APR cuts many small blocks out of one large one, which hides it
 * when the end of one is overrun.  Its functions call this one instead of
 * their own, since the program comes before its libraries.
 */

static void **blocks;
static size_t block_count;
static size_t block_room;

void *apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    void *block = malloc(size);

    (void)pool;
    if (block_count == block_room) {
        block_room = block_room ? 2 * block_room : 256;
        blocks = realloc(blocks, block_room * sizeof(*blocks));
    }
    if (!block || !blocks) {
        abort();
    }
    blocks[block_count++] = block;
    return block;
}

static void free_blocks(size_t but)
{
    while (block_count > but) {
        free(blocks[--block_count]);
    }
}

/*
 * Inputs.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    static size_t own_count;    /* blocks of APR itself */
    input_t input = { data, size, NULL };

    if (!pool) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
        own_count = block_count;
        apr_pstrdup(pool, "");
        must(block_count == own_count + 1, "APR allocates unseen");
    }
    input.pool = pool;
    fuzz(&input);
    apr_pool_clear(pool);
    free_blocks(own_count);
    return 0;
}

char *take_line(input_t *input)
{
    size_t len = 0;
    char *line;

    if (!input->left) {
        return NULL;
    }
    while (len < input->left && input->next[len] && input->next[len] != '\n') {
        len++;
    }
    line = apr_pstrmemdup(input->pool, (const char *)input->next, len);
    len += len < input->left;
    input->next += len;
    input->left -= len;
    return line;
}

char *need_line(input_t *input)
{
    char *line = take_line(input);

    return line ? line : apr_pstrdup(input->pool, "");
}

char *take_word(char **text)
{
    char *word = *text + strspn(*text, " \t\r");

    *text = word + strcspn(word, " \t\r");
    if (**text) {
        *(*text)++ = '\0';
    }
    return *word ? word : NULL;
}

/*
 * Rules.
 */

void broken(const char *file, int line, const char *cond, const char *format,
            ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: does not hold: %s\n  ", file, line, cond);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

int is_field_value(const char *text)
{
    const char *c;

    for (c = text; *c; c++) {
        if (*c < ' ' || *c > '~' || (*c == ' ' && (c == text || !c[1]))) {
            return 0;
        }
    }
    return c > text;
}
