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
#include <http_log.h>
#include <http_main.h>

#include "../core/cors_check.h"
#include "../core/cors_hazard.h"
#include "../core/cors_probe.h"
#include "cors_config.h"
#include "cors_lint.h"
#include "cors_log.h"
#include "cors_lists.h"
#include "cors_module.h"
#include "cors_section.h"
#include "cors_suffix.h"

APLOG_USE_MODULE(cors);

struct cors_list_directive_t {
    cors_list_t list;
    const char *id;         /* of the error */
    int is_switch;          /* takes On and Off as well */
    /* Add an entry without its sign.  Returns NULL or what is wrong. */
    const char *(*add)(const cmd_parms *cmd, cors_policy_t *policy,
                       const char *entry, int exclude);
    cors_check_fn *check;   /* for lists of names */
    cors_check_fn *warn;    /* the same; or NULL */
};

/* All that is wrong in one directive is told at once: const char *, which are
 * joined by semicolons in the end, as there can be as many as entries. */
static void add_fault(apr_array_header_t *faults, const char *fault)
{
    APR_ARRAY_PUSH(faults, const char *) =
        faults->nelts ? apr_pstrcat(faults->pool, " ", fault, NULL) : fault;
}

/* The same for one that has no id of its own. */
static void add_own_fault(const cmd_parms *cmd, apr_array_header_t *faults,
                          const char *fault)
{
    const cors_list_directive_t *directive = cmd->info;

    add_fault(faults, apr_pstrcat(cmd->pool, directive->id, ": ", fault,
                                  NULL));
}

/* The set of a list of origins, made if it is not there yet. */
static cors_origin_set_t *need_set(cors_policy_t *policy, cors_list_t list,
                                   apr_pool_t *pool)
{
    cors_origin_set_t **set = list == CORS_LIST_ORIGINS ? &policy->origins
                                                        : &policy->credentials;

    if (!*set) {
        *set = cors_origin_set_make(pool);
    }
    return *set;
}

/* The names of a list of names, made if they are not there yet. */
static cors_names_t *need_names(cors_policy_t *policy, cors_list_t list,
                                apr_pool_t *pool)
{
    cors_names_t **names = list == CORS_LIST_METHODS ? &policy->methods
                           : list == CORS_LIST_HEADERS ? &policy->headers
                           : &policy->expose;

    if (!*names) {
        *names = cors_names_make(pool, list == CORS_LIST_METHODS
                                       ? CORS_METHODS : CORS_HEADERS);
    }
    return *names;
}

static void reset_list(cors_policy_t *policy, cors_list_t list)
{
    switch (list) {
    case CORS_LIST_ORIGINS:
        policy->origins = NULL;
        break;
    case CORS_LIST_CREDENTIALS:
        policy->credentials = NULL;
        break;
    case CORS_LIST_METHODS:
        policy->methods = NULL;
        break;
    case CORS_LIST_HEADERS:
        policy->headers = NULL;
        break;
    default:
        policy->expose = NULL;
        break;
    }
}

static void note_duplicate(const cmd_parms *cmd, const char *entry,
                           int exclude, int is_duplicate)
{
    if (is_duplicate && cors_lint_wants(cmd)) {
        cors_lint_note(cmd, cors_warn_duplicate(entry, exclude, cmd->pool));
    }
}

static const char *add_origin(const cmd_parms *cmd, cors_policy_t *policy,
                              const char *entry, int exclude)
{
    const cors_list_directive_t *directive = cmd->info;
    const char *pattern;
    const char *err;

    if (directive->is_switch && !strcmp(entry, "*")) {
        return "\"*\" would give credentials to every origin: write \"On\" "
               "for those that CorsAllowOrigin lists";
    }
    err = cors_origin_pattern(&pattern, entry, cmd->temp_pool);
    if (!err) {
        cors_origin_set_t *set = need_set(policy, directive->list, cmd->pool);

        /* Most entries are in that form: a list of many takes little more
         * than their text. */
        pattern = pattern == entry ? entry : apr_pstrdup(cmd->pool, pattern);
        note_duplicate(cmd, pattern, exclude,
                       !cors_origin_set_add(set, pattern, exclude));
        if (cors_lint_wants(cmd)) {
            cors_lint_note(cmd, cors_warn_port(entry, pattern, cmd->pool));
        }
        if (!exclude && cors_suffix_is_covered(pattern)) {
            cors_origin_set_note_wide(set, pattern);
        }
    }
    return err;
}

static const char *add_name(const cmd_parms *cmd, cors_policy_t *policy,
                            const char *entry, int exclude)
{
    const cors_list_directive_t *directive = cmd->info;
    const char *err = directive->check(entry, exclude, cmd->pool);

    if (!err) {
        cors_names_t *names = need_names(policy, directive->list, cmd->pool);

        note_duplicate(cmd, entry, exclude,
                       !cors_names_add(names, entry, exclude));
        if (directive->warn && cors_lint_wants(cmd)) {
            cors_lint_note(cmd, directive->warn(entry, exclude, cmd->pool));
        }
    }
    return err;
}

/* The pattern is anchored, and httpd's own function wants the end of the text,
 * which is that of the origin.  PCRE gives up on an expression that would take
 * it too long; anybody can bring that about, so it is told once a process. */
static int expression_matches(const cors_matcher_t *matcher,
                              const cors_origin_t *origin)
{
    const int rv = ap_regexec(matcher->data, origin->text, 0, NULL, 0);

    if (rv == 0 || rv == AP_REG_NOMATCH) {
        return rv == 0;
    }
    if (cors_log_is_first(matcher->text)) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, ap_server_conf,
                     "CorsAllowOriginMatch: \"%s\" takes too long on some "
                     "origins, which are refused: leave out nested "
                     "repetitions", matcher->text);
    }
    return -1;
}

/* CORS-W02.  Whether an expression takes too long is for requests to tell. */
static void note_stranger(const cmd_parms *cmd, const cors_matcher_t *matcher)
{
    const char *origin = cors_probe(matcher, cors_suffix_site, cmd->pool);

    if (origin) {
        cors_lint_note(cmd, apr_psprintf(cmd->pool, "CORS-W02: \"%s\" lets in "
                                         "\"%s\", which is of another site: "
                                         "write \"[.]\" for a dot, and "
                                         "\"([^.]+[.])*\" for subdomains, or "
                                         "list origins in CorsAllowOrigin",
                                         matcher->text, origin));
    }
}

static const char *add_expression(const cmd_parms *cmd, cors_policy_t *policy,
                                  const char *entry, int exclude)
{
    cors_origin_set_t *set;
    cors_matcher_t *matcher;
    /* Alone first: "a)|(b" would compile between the parentheses below. */
    ap_regex_t *regex = ap_pregcomp(cmd->pool, entry, 0);

    if (strstr(entry, "(*ACCEPT")) {
        return cors_fault(entry, "ends the match before the end of the origin",
                          "leave (*ACCEPT) out", cmd->pool);
    }
    if (regex) {
        regex = ap_pregcomp(cmd->pool, apr_pstrcat(cmd->pool, "\\A(?:", entry,
                                                   ")\\z", NULL), 0);
    }
    if (!regex) {
        return cors_fault(entry, "is no regular expression",
                          !strncmp(entry, "(*", 2)
                          ? "leave out the verb that it begins with"
                          : "check its brackets, and put it in quotes if it "
                            "has spaces or backslashes", cmd->pool);
    }
    matcher = apr_pcalloc(cmd->pool, sizeof(*matcher));
    matcher->text = entry;
    matcher->matches = expression_matches;
    matcher->data = regex;
    if (!exclude && cors_lint_wants(cmd)) {
        note_stranger(cmd, matcher);
    }
    set = need_set(policy, CORS_LIST_ORIGINS, cmd->pool);
    note_duplicate(cmd, entry, exclude,
                   !cors_origin_set_add_matcher(set, matcher, exclude));
    return NULL;
}

const cors_list_directive_t cors_list_allow_origin = {
    CORS_LIST_ORIGINS, "CORS-E01", 0, add_origin, NULL, NULL
};
const cors_list_directive_t cors_list_allow_origin_match = {
    CORS_LIST_ORIGINS, "CORS-E08", 0, add_expression, NULL, NULL
};
const cors_list_directive_t cors_list_allow_credentials = {
    CORS_LIST_CREDENTIALS, "CORS-E01", 1, add_origin, NULL, NULL
};
const cors_list_directive_t cors_list_allow_methods = {
    CORS_LIST_METHODS, "CORS-E05", 0, add_name, cors_check_method,
    cors_warn_method
};
const cors_list_directive_t cors_list_allow_headers = {
    CORS_LIST_HEADERS, "CORS-E06", 0, add_name, cors_check_request_header,
    NULL
};
const cors_list_directive_t cors_list_expose_headers = {
    CORS_LIST_EXPOSE, "CORS-E06", 0, add_name, cors_check_response_header,
    cors_warn_response_header
};

/* What must not meet, and is known to already in this section. */
static void add_hazards(const cmd_parms *cmd, apr_array_header_t *faults,
                        const cors_policy_t *policy)
{
    unsigned int hazard;

    for (hazard = 1; hazard <= policy->hazards; hazard <<= 1) {
        if (policy->hazards & hazard) {
            add_fault(faults, cors_hazard_text(policy, hazard, cmd->pool));
        }
    }
}

/* Make sure that a list is there, be it empty. */
static void finish_list(cors_policy_t *policy, cors_list_t list,
                        apr_pool_t *pool)
{
    if (list == CORS_LIST_ORIGINS || list == CORS_LIST_CREDENTIALS) {
        need_set(policy, list, pool);
    }
    else {
        need_names(policy, list, pool);
    }
}

/* Whether an entry is a word that says it all: None, and for a switch On, the
 * list of all that are allowed, and Off, the empty one. */
static int is_whole_list(const cors_list_directive_t *directive,
                         const char *entry)
{
    return !strcasecmp(entry, "None")
           || (directive->is_switch && (!strcasecmp(entry, "On")
                                        || !strcasecmp(entry, "Off")));
}

/* Say a whole list: it takes the place of what the section said before, as the
 * last of two settings does. */
static void set_whole_list(const cmd_parms *cmd, cors_policy_t *policy,
                           const char *word)
{
    const cors_list_directive_t *directive = cmd->info;

    reset_list(policy, directive->list);
    if (!strcasecmp(word, "On")) {
        cors_origin_set_add(need_set(policy, directive->list, cmd->pool), "*",
                            0);
    }
}

static const char *add_entry(cmd_parms *cmd, cors_policy_t *policy,
                             const char *entry)
{
    const cors_list_directive_t *directive = cmd->info;
    const int has_sign = *entry == '+' || *entry == '-';
    const char *name = entry + has_sign;

    cors_policy_say(policy, directive->list, has_sign);
    if (!*name) {
        return cors_fault(entry, "names nothing", has_sign
                          ? "write sign and entry without a space between them"
                          : "leave it out", cmd->pool);
    }
    if (is_whole_list(directive, name)) {
        if (has_sign) {
            return cors_fault(entry, "is a whole list with a sign",
                              apr_psprintf(cmd->pool, "write \"%s\"", name),
                              cmd->pool);
        }
        set_whole_list(cmd, policy, name);
        return NULL;
    }
    return directive->add(cmd, policy, name, *entry == '-');
}

/* A list stands where it begins. */
static void note_place(cors_place_t *place, const cmd_parms *cmd)
{
    if (!place->directive) {
        place->directive = cmd->cmd->name;
        place->file = apr_pstrdup(cmd->pool, cmd->directive->filename);
        place->line = cmd->directive->line_num;
    }
}

const char *cors_lists_set(cmd_parms *cmd, void *conf, const char *args)
{
    const cors_list_directive_t *directive = cmd->info;
    cors_policy_t *policy = conf;
    apr_array_header_t *faults;
    const char *err = cors_section_enter(cmd, policy);
    const int was_on = directive->is_switch && policy->credentials
                       && cors_origin_set_has_any(policy->credentials);
    const char *whole = NULL;
    int entries = 0;

    if (err) {
        return err;
    }
    faults = apr_array_make(cmd->pool, 0, sizeof(const char *));
    for (; *args; entries++) {
        const char *entry = ap_getword_conf(cmd->pool, &args);
        const char *fault = add_entry(cmd, policy, entry);

        if (is_whole_list(directive, entry)) {
            whole = entry;
        }
        if (fault) {
            add_own_fault(cmd, faults, fault);
        }
    }
    if (!entries) {
        add_own_fault(cmd, faults, "an argument is missing: write \"None\" for "
                      "the empty list");
    }
    if (was_on && !whole) {
        add_own_fault(cmd, faults, "\"On\" stands before it in the section, to "
                      "which a list adds nothing: leave out one of the two");
    }
    if (whole && entries > 1) {
        add_own_fault(cmd, faults,
                      apr_psprintf(cmd->pool, "\"%s\" is a whole list: write "
                                   "it alone, or leave it out", whole));
    }
    finish_list(policy, directive->list, cmd->pool);
    note_place(&policy->place[directive->list], cmd);
    policy->hazards = cors_hazards(policy);
    add_hazards(cmd, faults, policy);
    return cors_config_fault(cmd, faults->nelts
                             ? apr_array_pstrcat(cmd->pool, faults, ';')
                             : NULL);
}
