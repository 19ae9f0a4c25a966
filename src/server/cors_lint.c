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
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>

#include "../core/cors_token.h"
#include "cors_config.h"
#include "cors_lint.h"
#include "cors_module.h"
#include "cors_review.h"
#include "cors_section.h"

APLOG_USE_MODULE(cors);

enum { LINT_OFF, LINT_ON, LINT_STRICT };

static unsigned char lint;

void cors_lint_begin(void)
{
    lint = LINT_ON;
    cors_review_begin();
}

const char *cors_lint_set(cmd_parms *cmd, void *conf, const char *arg)
{
    static const char *const words[] = { "Off", "On", "Strict", NULL };
    const char *err = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)conf;
    return err ? err : cors_config_word(cmd, words, arg, &lint);
}

int cors_lint_wants(const cmd_parms *cmd)
{
    return cors_section_of(cmd) != NULL;
}

void cors_lint_note(const cmd_parms *cmd, const char *text)
{
    cors_section_t *section = text ? cors_section_of(cmd) : NULL;

    if (section) {
        APR_ARRAY_PUSH(section->warnings, const char *) =
            apr_psprintf(cmd->pool, "%s (%s at %s:%d)", text, cmd->cmd->name,
                         cmd->directive->filename, cmd->directive->line_num);
    }
}

/* What is harmless, and folded away. */
static int is_harmless(const char *text)
{
    return !strncmp(text, "CORS-W08", CORS_LEN("CORS-W08"));
}

/* Tell what has been noted of a section, or just count it.  Returns how much
 * of it is not harmless. */
static int tell_section(const server_rec *s, const cors_section_t *section,
                        int tells)
{
    int warnings = 0;
    int i;

    for (i = 0; i < section->warnings->nelts; i++) {
        const char *text = APR_ARRAY_IDX(section->warnings, i, const char *);
        const int harmless = is_harmless(text);

        warnings += !harmless;
        if (tells) {
            ap_log_error(APLOG_MARK, harmless ? APLOG_INFO
                         : lint == LINT_STRICT ? APLOG_ERR : APLOG_WARNING, 0,
                         s, "%s", text);
        }
    }
    return warnings;
}

static int tell(const server_rec *s, int tells)
{
    const apr_array_header_t *sections = cors_sections();
    int warnings = 0;
    int i;

    for (i = 0; i < sections->nelts; i++) {
        warnings += tell_section(s, APR_ARRAY_IDX(sections, i,
                                                  const cors_section_t *),
                                 tells);
    }
    return warnings;
}

/* CorsLint may come after what has been noted. */
static void forget(void)
{
    const apr_array_header_t *sections = cors_sections();
    int i;

    for (i = 0; i < sections->nelts; i++) {
        apr_array_clear(APR_ARRAY_IDX(sections, i,
                                      cors_section_t *)->warnings);
    }
}

int cors_lint_check(server_rec *main_server, apr_pool_t *pool)
{
    const int is_test = ap_state_query(AP_SQ_RUN_MODE)
                        == AP_SQ_RM_CONFIG_TEST;
    int warnings;

    if (lint == LINT_OFF) {
        forget();
        return OK;
    }
    cors_review(main_server, pool);
    if (lint == LINT_ON && !is_test) {
        return OK;
    }
    warnings = tell(main_server, 0);
    if ((is_test && !ap_exists_config_define("DUMP_CORS"))
        || (lint == LINT_STRICT && warnings)) {
        tell(main_server, 1);
    }
    if (!warnings || lint != LINT_STRICT) {
        return OK;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, main_server, "CorsLint Strict: %d "
                 "warning%s about CORS, see above", warnings,
                 warnings == 1 ? "" : "s");
    return HTTP_INTERNAL_SERVER_ERROR;
}

void cors_lint_report(server_rec *main_server)
{
    /* At the start httpd comes here twice. */
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG) {
        tell(main_server, 1);
    }
}
