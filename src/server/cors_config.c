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

#include <apr_strings.h>

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>

#include "cors_config.h"
#include "cors_lint.h"
#include "cors_lists.h"
#include "cors_module.h"
#include "cors_section.h"

void *cors_config_create(apr_pool_t *pool, char *dir)
{
    (void)dir;
    return cors_policy_make(pool);
}

void *cors_config_merge(apr_pool_t *pool, void *outer, void *inner)
{
    return (void *)cors_policy_merge(pool, outer, inner);
}

/* Virtual hosts without directives of the module share that of the main
 * server, whose sections are all that they have. */
typedef struct {
    int is_used;
    int is_final;
} server_config_t;

void *cors_config_server(apr_pool_t *pool, server_rec *s)
{
    (void)s;
    return apr_pcalloc(pool, sizeof(server_config_t));
}

static server_config_t *server_config(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &cors_module);
}

void cors_config_finish(const server_rec *main_server, apr_pool_t *ptemp)
{
    const int is_overridden = cors_section_overrides("Cors", ptemp)->nelts;
    const int has_headers = cors_section_overrides("Header", ptemp)->nelts
                            || cors_sections_affect_answers();
    const server_rec *s;

    for (s = main_server; s; s = s->next) {
        server_config_t *config = server_config(s);

        config->is_used = is_overridden || cors_sections_exist(main_server, s);
        config->is_final = !is_overridden && !has_headers
                           && cors_sections_are_of_urls(main_server, s);
    }
}

int cors_config_is_used(const server_rec *s)
{
    return server_config(s)->is_used;
}

int cors_config_is_final(const server_rec *s)
{
    return server_config(s)->is_final;
}

const cors_policy_t *cors_config_policy(const request_rec *r)
{
    const cors_policy_t *policy = ap_get_module_config(r->per_dir_config,
                                                       &cors_module);

    return policy && cors_policy_in_force(policy) ? policy : NULL;
}

const char *cors_config_fault(const cmd_parms *cmd, const char *faults)
{
    if (!faults) {
        return NULL;
    }
    return cmd->pool == cmd->temp_pool
           ? apr_psprintf(cmd->pool, "line %d: %s: %s",
                          cmd->directive->line_num, cmd->cmd->name, faults)
           : apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, faults);
}

/* The directives whose argument is one of a few words, the default first:
 * value n is words[n], NULL ends them. */
typedef struct {
    const char *name;
    const char *words[4];
} word_directive_t;

static const word_directive_t word_directives[CORS_SETTINGS] = {
    [CORS_ENGINE] = { "CorsEngine", { "On", "Off", "ReportOnly", NULL } },
    [CORS_PREFLIGHT_BY] = { "CorsPreflight", { "Answer", "Pass", NULL, NULL } },
    [CORS_PREFLIGHT_STATUS] = { "CorsPreflightStatus",
                                { "204", "200", NULL, NULL } },
    [CORS_ENFORCE] = { "CorsEnforce", { "Off", "On", NULL, NULL } },
    [CORS_UPSTREAM] = { "CorsUpstream", { "Replace", "Keep", NULL, NULL } },
    [CORS_TIMING] = { "CorsTimingAllowOrigin", { "Off", "On", NULL, NULL } },
    [CORS_PRIVATE_NETWORK] = { "CorsAllowPrivateNetwork",
                               { "Off", "On", NULL, NULL } },
    [CORS_DEBUG] = { "CorsDebug", { "Off", "On", NULL, NULL } }
};

const char *cors_config_setting(const cors_policy_t *policy,
                                cors_setting_t setting, apr_pool_t *pool)
{
    const word_directive_t *directive = &word_directives[setting];

    return apr_pstrcat(pool, directive->name, " ",
                       directive->words[policy->setting[setting]], NULL);
}

const char *cors_config_word(const cmd_parms *cmd, const char *const *words,
                             const char *arg, unsigned char *value)
{
    const char *choice = "";
    unsigned char i;

    for (i = 0; words[i]; i++) {
        if (!strcasecmp(arg, words[i])) {
            *value = i;
            return NULL;
        }
        choice = apr_pstrcat(cmd->pool, choice, !i ? "" : words[i + 1] ? ", "
                             : " or ", "\"", words[i], "\"", NULL);
    }
    return cors_config_fault(cmd, apr_psprintf(cmd->pool, "\"%s\" is none of "
                                               "its values: write %s", arg,
                                               choice));
}

static const char *set_word(cmd_parms *cmd, void *conf, const char *arg)
{
    const word_directive_t *directive = cmd->info;
    const char *err = cors_section_enter(cmd, conf);
    unsigned char value = 0;

    if (!err) {
        err = cors_config_word(cmd, directive->words, arg, &value);
    }
    if (!err) {
        cors_policy_set(conf, (cors_setting_t)(directive - word_directives),
                        value);
    }
    return err;
}

/* Longer times make no sense, and 32 bits hold this one. */
#define MAX_AGE_LIMIT APR_INT32_MAX

/* Browsers keep no answer longer than a day. */
#define MAX_AGE_KEPT 86400

/* A time in whole seconds, or -1.  httpd's own function for times looks at the
 * first letters of the unit alone. */
static apr_int64_t parse_seconds(const char *arg)
{
    static const char *const units[] = { "", "ms", "s", "mi", "min", "h" };
    const char *unit = arg + strspn(arg, "0123456789");
    apr_interval_time_t time;
    size_t i;

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (unit != arg && !strcasecmp(unit, units[i])
            && ap_timeout_parameter_parse(arg, &time, "s") == APR_SUCCESS
            && time >= 0 && time % APR_USEC_PER_SEC == 0
            && apr_time_sec(time) <= MAX_AGE_LIMIT) {
            return apr_time_sec(time);
        }
    }
    return -1;
}

static const char *set_max_age(cmd_parms *cmd, void *conf, const char *arg)
{
    cors_policy_t *policy = conf;
    apr_int64_t seconds;
    const char *err = cors_section_enter(cmd, policy);

    if (err) {
        return err;
    }
    policy->has_max_age = 1;
    policy->max_age = NULL;
    if (!strcasecmp(arg, "Off")) {
        return NULL;
    }
    seconds = parse_seconds(arg);
    if (seconds < 0) {
        err = apr_psprintf(cmd->pool, "CORS-E07: \"%s\" is no time: write "
                           "whole seconds, a time with a unit as in \"10min\" "
                           "or \"2h\", or \"Off\"", arg);
        return cors_config_fault(cmd, err);
    }
    if (seconds > MAX_AGE_KEPT) {
        cors_lint_note(cmd, apr_psprintf(cmd->pool, "CORS-W03: \"%s\" is more "
                                         "than a day, and no browser keeps the "
                                         "answer to a preflight longer", arg));
    }
    policy->max_age = apr_psprintf(cmd->pool, "%d", (int)seconds);
    return NULL;
}

#define LIST(name, directive, help) \
    AP_INIT_RAW_ARGS(name, cors_lists_set, (void *)&(directive), OR_FILEINFO, \
                     help)
#define WORD(name, setting, help) \
    AP_INIT_TAKE1(name, set_word, (void *)&word_directives[setting], \
                  OR_FILEINFO, help)

const command_rec cors_directives[] = {
    WORD("CorsEngine", CORS_ENGINE,
         "On, Off, or ReportOnly to decide and log without changing anything"),
    LIST("CorsAllowOrigin", cors_list_allow_origin,
         "origins whose pages may read responses: scheme://host[:port], "
         "with *. for subdomains and :* for any port; null; *; None"),
    LIST("CorsAllowOriginMatch", cors_list_allow_origin_match,
         "regular expressions that match the whole of an allowed origin"),
    LIST("CorsAllowMethods", cors_list_allow_methods,
         "methods that pages may use besides GET, HEAD and POST; *; None"),
    LIST("CorsAllowHeaders", cors_list_allow_headers,
         "headers that pages may set on requests: names, prefixes that end "
         "in *; *; None"),
    LIST("CorsExposeHeaders", cors_list_expose_headers,
         "headers that pages may read on responses: names, prefixes that end "
         "in *; *; None"),
    LIST("CorsAllowCredentials", cors_list_allow_credentials,
         "On, Off, or those of the allowed origins that may send cookies and "
         "other credentials"),
    AP_INIT_TAKE1("CorsMaxAge", set_max_age, NULL, OR_FILEINFO,
         "how long browsers may keep the answer to a preflight: seconds, a "
         "time with a unit, or Off"),
    WORD("CorsPreflight", CORS_PREFLIGHT_BY,
         "Answer to answer preflights, Pass to leave them to the handler"),
    WORD("CorsPreflightStatus", CORS_PREFLIGHT_STATUS,
         "status of a granted preflight, 204 or 200"),
    WORD("CorsEnforce", CORS_ENFORCE,
         "On to answer 403 to cross-origin requests that are not allowed"),
    WORD("CorsUpstream", CORS_UPSTREAM,
         "Replace or Keep CORS headers that a handler or backend has set"),
    WORD("CorsTimingAllowOrigin", CORS_TIMING,
         "On to send Timing-Allow-Origin as well"),
    WORD("CorsAllowPrivateNetwork", CORS_PRIVATE_NETWORK,
         "On to let pages from public networks reach this private one"),
    WORD("CorsDebug", CORS_DEBUG,
         "On to say in responses why a request is refused"),
    AP_INIT_TAKE1("CorsLint", cors_lint_set, NULL, RSRC_CONF,
         "On to warn of what is doubtful in the configuration, Strict not to "
         "start with it, Off"),
    { NULL }
};
