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

#include <apr_file_io.h>
#include <apr_strings.h>

#include <httpd.h>
#include <http_config.h>

#include "cors_config.h"
#include "cors_dump.h"
#include "cors_section.h"

#define COLUMNS 80

typedef struct {
    apr_file_t *out;
    const server_rec *main_server;
    apr_pool_t *pool;               /* cleared after each section */
} dump_t;

/* Where a word ends that begins here, quotes and all. */
static const char *end_of_word(const char *text)
{
    char quote = '\0';

    for (; *text && (quote || *text != ' '); text++) {
        if (*text == '\\' && text[1]) {
            text++;
        }
        else if (*text == quote) {
            quote = '\0';
        }
        else if (!quote && (*text == '"' || *text == '\'')) {
            quote = *text;
        }
    }
    return text;
}

/* Print text that begins in a column, in lines of which all but the last end
 * in joint: a backslash for what could stand in a configuration. */
static void print(const dump_t *dump, int column, const char *text,
                  const char *joint)
{
    const int width = COLUMNS - (int)strlen(joint);
    int at = column;

    while (*text) {
        const char *end = end_of_word(text);
        const int len = (int)(end - text);

        if (at > column && at + 1 + len >= width) {
            at = column + 4;
            apr_file_printf(dump->out, "%s\n%*s", joint, at, "");
        }
        else if (at > column) {
            apr_file_putc(' ', dump->out);
            at++;
        }
        apr_file_printf(dump->out, "%.*s", len, text);
        at += len;
        text = end + strspn(end, " ");
    }
    apr_file_putc('\n', dump->out);
}

#define DIRECTIVE 8

static void print_heading(const dump_t *dump, const char *text)
{
    apr_file_printf(dump->out, "  %s\n", text);
}

static void print_directive(const dump_t *dump, const char *text)
{
    apr_file_printf(dump->out, "%*s", DIRECTIVE, "");
    print(dump, DIRECTIVE, text, " \\");
}

/* An argument as it has to be written. */
static const char *quoted(const char *text, apr_pool_t *pool)
{
    char *copy, *to;

    if (*text && !strpbrk(text, " \t\"'")) {
        return text;
    }
    copy = to = apr_palloc(pool, 2 * strlen(text) + 3);
    *to++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            *to++ = '\\';
        }
        *to++ = *text;
    }
    *to++ = '"';
    *to = '\0';
    return copy;
}

/* Add to a directive its arguments. */
static const char *add_arguments(const char *directive,
                                 const apr_array_header_t *entries,
                                 const char *sign, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, entries->nelts + 1,
                                               sizeof(const char *));
    int i;

    APR_ARRAY_PUSH(words, const char *) = directive;
    for (i = 0; i < entries->nelts; i++) {
        const char *entry = APR_ARRAY_IDX(entries, i, const char *);

        APR_ARRAY_PUSH(words, const char *) =
            quoted(apr_pstrcat(pool, sign, entry, NULL), pool);
    }
    return apr_array_pstrcat(pool, words, ' ');
}

/* A list, if it is there.  An empty one is "None". */
static void print_list(const dump_t *dump, const char *directive,
                       const apr_array_header_t *entries,
                       const apr_array_header_t *excluded)
{
    if (!entries->nelts && !excluded->nelts) {
        print_directive(dump, apr_pstrcat(dump->pool, directive, " None",
                                          NULL));
        return;
    }
    directive = add_arguments(directive, entries, "", dump->pool);
    print_directive(dump, add_arguments(directive, excluded, "-",
                                        dump->pool));
}

static void print_names(const dump_t *dump, cors_list_t list,
                        const cors_names_t *names)
{
    if (names) {
        print_list(dump, cors_list_name(list), cors_names_entries(names, 0),
                   cors_names_entries(names, 1));
    }
}

static void print_origins(const dump_t *dump, const cors_origin_set_t *origins)
{
    const apr_array_header_t *patterns[2], *expressions[2];
    int i;

    for (i = 0; i < 2; i++) {
        patterns[i] = cors_origin_set_patterns(origins, i, dump->pool);
        expressions[i] = cors_origin_set_expressions(origins, i, dump->pool);
    }
    if (patterns[0]->nelts || patterns[1]->nelts
        || (!expressions[0]->nelts && !expressions[1]->nelts)) {
        print_list(dump, "CorsAllowOrigin", patterns[0], patterns[1]);
    }
    if (expressions[0]->nelts || expressions[1]->nelts) {
        print_list(dump, "CorsAllowOriginMatch", expressions[0],
                   expressions[1]);
    }
}

static void print_credentials(const dump_t *dump, const cors_policy_t *policy)
{
    const cors_origin_set_t *set = policy->credentials;

    if (!set) {
        return;
    }
    if (cors_origin_set_is_empty(set)
        || cors_policy_denies_credentials(policy)) {
        print_directive(dump, "CorsAllowCredentials Off");
    }
    else if (cors_origin_set_has_any(set)) {
        print_directive(dump, "CorsAllowCredentials On");
    }
    else {
        print_list(dump, "CorsAllowCredentials",
                   cors_origin_set_patterns(set, 0, dump->pool),
                   cors_origin_set_patterns(set, 1, dump->pool));
    }
}

static void print_policy(const dump_t *dump, const cors_policy_t *policy)
{
    int i;

    if (policy->setting[CORS_ENGINE] == CORS_ENGINE_OFF) {
        print_directive(dump, "CorsEngine Off");
        return;
    }
    if (!cors_policy_has_origins(policy)) {
        print_directive(dump, "# no policy, for want of a list of origins");
        return;
    }
    print_origins(dump, policy->origins);
    print_credentials(dump, policy);
    print_names(dump, CORS_LIST_METHODS, policy->methods);
    print_names(dump, CORS_LIST_HEADERS, policy->headers);
    print_names(dump, CORS_LIST_EXPOSE, policy->expose);
    if (policy->max_age) {
        print_directive(dump, apr_pstrcat(dump->pool, "CorsMaxAge ",
                                          policy->max_age, NULL));
    }
    for (i = 0; i < CORS_SETTINGS; i++) {
        if (policy->setting[i]) {
            print_directive(dump, cors_config_setting(policy,
                                                      (cors_setting_t)i,
                                                      dump->pool));
        }
    }
}

/* The section's directives, with their lines, and their files where these
 * change. */
static void print_lines(const dump_t *dump, const cors_section_t *section)
{
    const char *file = NULL;
    int i;

    for (i = 0; i < section->lines->nelts; i++) {
        const ap_directive_t *line = APR_ARRAY_IDX(section->lines, i,
                                                   const ap_directive_t *);

        if (!file || strcmp(file, line->filename) != 0) {
            file = line->filename;
            print_heading(dump, apr_pstrcat(dump->pool, "as written in ",
                                            file, NULL));
        }
        apr_file_printf(dump->out, "%*d  ", DIRECTIVE - 2, line->line_num);
        print(dump, DIRECTIVE, apr_pstrcat(dump->pool, line->directive, " ",
                                           line->args, NULL), " \\");
    }
}

static void print_section(const dump_t *dump, const cors_section_t *section)
{
    const ap_directive_t *begins = section->opener ? section->opener
        : APR_ARRAY_IDX(section->lines, 0, const ap_directive_t *);
    int i;

    apr_file_putc('\n', dump->out);
    print(dump, 0, apr_psprintf(dump->pool, "%s:%d: %s", begins->filename,
                                begins->line_num,
                                cors_section_title(section, dump->pool)), "");
    print_lines(dump, section);
    print_heading(dump, "in effect");
    print_policy(dump, cors_section_effect(section, dump->main_server,
                                           section->server, dump->pool));
    if (section->warnings->nelts) {
        print_heading(dump, "warnings");
    }
    for (i = 0; i < section->warnings->nelts; i++) {
        apr_file_printf(dump->out, "%*s", DIRECTIVE, "");
        print(dump, DIRECTIVE, APR_ARRAY_IDX(section->warnings, i,
                                             const char *), "");
    }
}

void cors_dump(const server_rec *main_server, apr_pool_t *pool)
{
    const apr_array_header_t *sections = cors_sections();
    dump_t dump = { NULL, main_server, NULL };
    int i;

    if (apr_file_open_stdout(&dump.out, pool) != APR_SUCCESS) {
        return;
    }
    apr_file_printf(dump.out, "CORS: %d section%s of the configuration\n",
                    sections->nelts, sections->nelts == 1 ? "" : "s");
    apr_pool_create(&dump.pool, pool);
    for (i = 0; i < sections->nelts; i++) {
        print_section(&dump, APR_ARRAY_IDX(sections, i,
                                           const cors_section_t *));
        apr_pool_clear(dump.pool);
    }
}
