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
 * What the directives need of httpd, which is a program and no library: written
 * anew, as its documentation has it.
 */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <errno.h>
#include <strings.h>

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>

#include "../../../src/server/cors_log.h"
#include "../../../src/server/cors_module.h"

#include "fuzz.h"

/* So that no input takes long. */
#define MATCH_LIMIT 20000

module AP_MODULE_DECLARE_DATA cors_module = { STANDARD20_MODULE_STUFF };
ap_directive_t *ap_conftree;
server_rec *ap_server_conf;

/* There is no log. */
int cors_log_is_first(const char *what)
{
    (void)what;
    return 0;
}

/* A word, in quotes or without. */
char *ap_getword_conf(apr_pool_t *pool, const char **line)
{
    const char *next = *line + strspn(*line, " \t\r\n\v\f");
    const char quote = *next == '"' || *next == '\'' ? *next : '\0';
    char *word = apr_palloc(pool, strlen(next) + 1);
    char *end = word;

    next += quote != '\0';
    while (*next && (quote ? *next != quote : !strchr(" \t\r\n\v\f", *next))) {
        if (*next == '\\'
            && (next[1] == '\\' || (quote && next[1] == quote))) {
            next++;
        }
        *end++ = *next++;
    }
    *end = '\0';
    next += *next && quote;
    *line = next + strspn(next, " \t\r\n\v\f");
    return apr_pstrdup(pool, word);
}

static apr_status_t free_code(void *data)
{
    pcre2_code_free(data);
    return APR_SUCCESS;
}

ap_regex_t *ap_pregcomp(apr_pool_t *pool, const char *pattern, int cflags)
{
    ap_regex_t *regex = apr_pcalloc(pool, sizeof(*regex));
    size_t offset;
    int error;

    (void)cflags;
    regex->re_pcre = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                   PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY,
                                   &error, &offset, NULL);
    if (!regex->re_pcre) {
        return NULL;
    }
    apr_pool_cleanup_register(pool, regex->re_pcre, free_code,
                              apr_pool_cleanup_null);
    return regex;
}

int ap_regexec(const ap_regex_t *regex, const char *text, apr_size_t nmatch,
               ap_regmatch_t *match, int eflags)
{
    static pcre2_match_context *context;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int found;

    (void)nmatch;
    (void)match;
    (void)eflags;
    if (!context) {
        context = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(context, MATCH_LIMIT);
    }
    found = pcre2_match(regex->re_pcre, (PCRE2_SPTR)text,
                        PCRE2_ZERO_TERMINATED, 0, 0, data, context);
    if (found >= 0) {
        must(pcre2_get_ovector_pointer(data)[1] == strlen(text),
             "an expression matches only the beginning of \"%s\"", text);
    }
    pcre2_match_data_free(data);
    return found >= 0 ? 0 : found == PCRE2_ERROR_NOMATCH ? AP_REG_NOMATCH
                                                         : AP_REG_ESPACE;
}

apr_status_t ap_timeout_parameter_parse(const char *text,
                                        apr_interval_time_t *time,
                                        const char *unit)
{
    char *end;
    apr_int64_t number = apr_strtoi64(text, &end, 10);
    const int overflows = errno != 0 || number < 0
                          || number > APR_INT64_MAX / 3600 / APR_USEC_PER_SEC;

    unit = *end ? end : unit;
    if (overflows || !strchr("shm", *unit)
        || (*unit == 'm' && unit[1] != 's' && unit[1] != 'i')) {
        return APR_EGENERAL;
    }
    *time = *unit == 's' ? apr_time_from_sec(number)
            : *unit == 'h' ? apr_time_from_sec(number * 3600)
            : unit[1] == 's' ? apr_time_from_msec(number)
            : apr_time_from_sec(number * 60);
    return APR_SUCCESS;
}

const char *ap_check_cmd_context(cmd_parms *cmd, unsigned forbidden)
{
    const ap_directive_t *opener = cmd->directive->parent;

    return (forbidden & NOT_IN_LIMIT) && opener
           && !strncasecmp(opener->directive, "<Limit", 6)
           ? "not within <Limit>" : NULL;
}

int ap_exists_config_define(const char *name)
{
    (void)name;
    return 0;
}

int ap_state_query(int query)
{
    return query == AP_SQ_RUN_MODE ? AP_SQ_RM_CONFIG_TEST : 0;
}

void ap_log_error_(const char *file, int line, int index, int level,
                   apr_status_t status, const server_rec *s,
                   const char *format, ...)
{
    va_list args;
    char text[8192];

    (void)file;
    (void)line;
    (void)index;
    (void)level;
    (void)status;
    (void)s;
    va_start(args, format);
    apr_vsnprintf(text, sizeof(text), format, args);
    va_end(args);
}
