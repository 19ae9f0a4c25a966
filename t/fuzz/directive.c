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
 * A configuration, a directive a line, in sections as httpd has them; the first
 * line, if it is "htaccess", says where it stands.  A line "?" ends it, then
 * come Origin, Access-Control-Request-Method and -Headers, a line each.
 */

#include <strings.h>

#include <httpd.h>
#include <http_config.h>
#include <http_log.h>

#include "../../src/core/cors_hazard.h"
#include "../../src/core/cors_verdict.h"
#include "../../src/server/cors_config.h"
#include "../../src/server/cors_lint.h"
#include "../../src/server/cors_section.h"
#include "../../src/server/cors_suffix.h"

#include "lib/browser.h"

/* A section that is open, and the directives of it that have been read. */
typedef struct section_t {
    struct section_t *outer;
    ap_directive_t *opener;
    ap_directive_t **end;       /* where the next one goes */
    cors_policy_t *policy;
} section_t;

typedef struct {
    cmd_parms cmd;
    server_rec server;
    section_t *section;
    int faults;
} reader_t;

static ap_directive_t *add_line(reader_t *reader, const char *name,
                                const char *args, int number)
{
    ap_directive_t *line = apr_pcalloc(reader->cmd.pool, sizeof(*line));

    line->directive = name;
    line->args = args;
    line->filename = "httpd.conf";
    line->line_num = number;
    line->parent = reader->section->opener;
    *reader->section->end = line;
    reader->section->end = &line->next;
    return line;
}

static void open_section(reader_t *reader, ap_directive_t *opener,
                         ap_directive_t **first)
{
    section_t *section = apr_pcalloc(reader->cmd.pool, sizeof(*section));

    section->outer = reader->section;
    section->opener = opener;
    section->end = first;
    section->policy = cors_config_create(reader->cmd.pool, NULL);
    reader->section = section;
}

static const command_rec *find_command(const char *name)
{
    const command_rec *command = cors_directives;

    while (command->name && strcasecmp(command->name, name)) {
        command++;
    }
    return command->name ? command : NULL;
}

/* Call the handler as httpd does. */
static const char *call(reader_t *reader, const command_rec *command,
                        const char *args)
{
    cmd_parms *cmd = &reader->cmd;
    const char *word;

    cmd->info = command->cmd_data;
    cmd->cmd = command;
    if (command->args_how == RAW_ARGS) {
        return command->AP_RAW_ARGS(cmd, reader->section->policy, args);
    }
    must(command->args_how == TAKE1, "%s", command->name);
    word = ap_getword_conf(cmd->pool, &args);
    return *word && !*args
           ? command->AP_TAKE1(cmd, reader->section->policy, word)
           : apr_pstrcat(cmd->pool, command->name, ": one argument", NULL);
}

static void read_line(reader_t *reader, char *text, int number)
{
    const char *args;
    char *name = take_word(&text);
    const command_rec *command = name ? find_command(name) : NULL;
    ap_directive_t *line;
    const char *err;

    if (!name) {
        return;
    }
    args = text + strspn(text, " \t\r");
    if (!strncmp(name, "</", 2)) {
        if (reader->section->outer) {
            reader->section = reader->section->outer;
        }
        return;
    }
    line = add_line(reader, name, args, number);
    reader->cmd.directive = line;
    if (*name == '<') {
        open_section(reader, line, &line->first_child);
    }
    if (!command) {
        return;
    }
    err = call(reader, command, args);
    if (err) {
        reader->faults++;
        must(strstr(err, command->name) || strstr(err, "<Limit>"), "%s", err);
    }
}

/* What holds of every policy that the directives let through. */
static void check_policy(const cors_policy_t *policy,
                         const cors_asked_t *asked, apr_pool_t *pool)
{
    const char *values[5];
    cors_verdict_t verdict;
    unsigned int i;

    must(policy->hazards == cors_hazards(policy), "hazards");
    if (!cors_policy_in_force(policy)) {
        return;
    }
    cors_decide(&verdict, policy, asked, pool);
    values[0] = verdict.allow_origin;
    values[1] = verdict.allow_methods;
    values[2] = verdict.allow_headers;
    values[3] = verdict.max_age;
    values[4] = cors_verdict_debug(&verdict, pool);
    for (i = 0; i < COUNT(values); i++) {
        must(!values[i] || is_field_value(values[i]), "\"%s\"", values[i]);
    }
    must(!verdict.credentials || (strcmp(verdict.allow_origin, "*")
                                  && strcmp(verdict.allow_origin, "null")),
         "credentials");
    must(verdict.reason == CORS_GRANTED || policy->setting[CORS_DEBUG]
         || !verdict.allow_origin, "a refusal grants");
    if (asked->kind == CORS_ACTUAL) {
        must(browser_check(&verdict, asked->origin, 0)
             == (verdict.reason == CORS_GRANTED), "an actual request");
    }
}

/* What httpd calls when all is read. */
static void check_config(reader_t *reader, const cors_asked_t *asked)
{
    const apr_array_header_t *sections = cors_sections();
    apr_pool_t *pool = reader->cmd.pool;
    int i;

    cors_sections_end();
    cors_lint_check(&reader->server, pool);
    for (i = 0; i < sections->nelts; i++) {
        const cors_section_t *section = APR_ARRAY_IDX(sections, i,
                                                      cors_section_t *);

        must(*cors_section_title(section, pool), "a section without a title");
        check_policy(section->policy, asked, pool);
        check_policy(cors_section_effect(section, &reader->server,
                                         &reader->server, pool), asked, pool);
    }
    cors_section_overrides("Cors", pool);
    cors_sections_are_of_urls(&reader->server, &reader->server);
}

static void begin(reader_t *reader, apr_pool_t *pool)
{
    static apr_pool_t *process;
    static apr_pool_t *temp;

    if (!process) {
        apr_pool_create(&temp, NULL);
        apr_pool_create(&process, NULL);
        cors_suffix_load(process);
    }
    memset(reader, 0, sizeof(*reader));
    reader->cmd.pool = pool;
    reader->cmd.temp_pool = temp;
    reader->cmd.server = &reader->server;
    reader->server.log.level = APLOG_TRACE8;
    ap_conftree = NULL;
    open_section(reader, NULL, &ap_conftree);
    cors_sections_begin(pool);
    cors_lint_begin();
}

void fuzz(input_t *input)
{
    cors_asked_t asked = { CORS_NONE };
    reader_t reader;
    char *line = need_line(input);
    int number;

    begin(&reader, input->pool);
    if (!strcmp(line, "htaccess")) {
        reader.cmd.temp_pool = reader.cmd.pool;
    }
    for (number = 1; line && *line != '?'; number++) {
        read_line(&reader, line, number);
        line = take_line(input);
    }
    if (line) {
        asked.origin = take_line(input);
        asked.method = take_line(input);
        asked.headers = take_line(input);
        asked.kind = cors_kind("OPTIONS", asked.origin, asked.method);
    }
    if (!reader.faults) {
        check_config(&reader, &asked);
        cors_policy_seal(reader.section->policy);
        check_policy(reader.section->policy, &asked, input->pool);
    }
}
