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
#include <apr_tables.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>

#include "cors_config.h"
#include "cors_lint.h"
#include "cors_module.h"

APLOG_USE_MODULE(cors);

typedef enum { LINT_OFF, LINT_ON, LINT_STRICT } lint_t;

static lint_t lint;
static apr_array_header_t *noted;       /* const char * */

void cors_lint_begin(apr_pool_t *pconf)
{
    lint = LINT_ON;
    noted = apr_array_make(pconf, 0, sizeof(const char *));
}

const char *cors_lint_set(cmd_parms *cmd, void *conf, const char *arg)
{
    static const char *const words[] = { "Off", "On", "Strict" };
    const char *err = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    int i;

    (void)conf;
    if (err) {
        return err;
    }
    for (i = LINT_OFF; i <= LINT_STRICT; i++) {
        if (!strcasecmp(arg, words[i])) {
            lint = (lint_t)i;
            return NULL;
        }
    }
    return cors_config_fault(cmd, apr_psprintf(cmd->pool, "\"%s\" is none of "
                                               "its values: write \"Off\", "
                                               "\"On\" or \"Strict\"", arg));
}

void cors_lint_note(const cmd_parms *cmd, const char *text)
{
    if (text && cmd->pool != cmd->temp_pool) {
        APR_ARRAY_PUSH(noted, const char *) =
            apr_psprintf(cmd->pool, "%s (%s at %s:%d)", text, cmd->cmd->name,
                         cmd->directive->filename, cmd->directive->line_num);
    }
}

/* What is harmless, and folded away. */
static int is_harmless(const char *text)
{
    return !strncmp(text, "CORS-W08", sizeof("CORS-W08") - 1);
}

/* Tell all that has been noted, or just count it.  Returns how much of it is
 * not harmless. */
static int tell(server_rec *s, int tells)
{
    int warnings = 0;
    int i;

    for (i = 0; i < noted->nelts; i++) {
        const char *text = APR_ARRAY_IDX(noted, i, const char *);
        const int harmless = is_harmless(text);

        warnings += !harmless;
        if (tells) {
            ap_log_error(APLOG_MARK, harmless ? APLOG_INFO : APLOG_WARNING, 0,
                         s, "%s", text);
        }
    }
    return warnings;
}

int cors_lint_check(server_rec *s)
{
    const int is_test = ap_state_query(AP_SQ_RUN_MODE)
                        == AP_SQ_RM_CONFIG_TEST;
    int warnings;

    if (lint == LINT_OFF || (lint == LINT_ON && !is_test)) {
        return OK;
    }
    warnings = tell(s, is_test || tell(s, 0));
    if (!warnings || lint != LINT_STRICT) {
        return OK;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, s, "CorsLint Strict: %d warning%s "
                 "about CORS, see above", warnings, warnings == 1 ? "" : "s");
    return HTTP_INTERNAL_SERVER_ERROR;
}

void cors_lint_report(server_rec *s)
{
    /* At the start httpd comes here twice. */
    if (lint != LINT_OFF
        && ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG) {
        tell(s, 1);
    }
}
