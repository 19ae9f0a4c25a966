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

#ifndef CORS_LINT_H
#define CORS_LINT_H

/**
 * @file cors_lint.h
 * Warnings about the server's configuration: collected while it is read and
 * when it is complete, then told.  Of .htaccess files there are none: they are
 * read for each request.
 */

#include <httpd.h>
#include <http_config.h>

/** Begin anew; before the configuration is read. */
void cors_lint_begin(void);

/** CorsLint Off|On|Strict. */
const char *cors_lint_set(cmd_parms *cmd, void *conf, const char *arg);

/** Whether warnings about a directive are wanted: not in a .htaccess. */
int cors_lint_wants(const cmd_parms *cmd);

/**
 * Note a warning about a directive.
 *
 * @param text the id and what is to be said; NULL for nothing
 */
void cors_lint_note(const cmd_parms *cmd, const char *text);

/**
 * Look at all sections, what they say together, and tell in "httpd -t" and
 * where CorsLint is Strict what has been noted.
 *
 * @param pool for warnings; as that of the sections
 * @return OK, or an error if there are warnings and CorsLint is Strict
 */
int cors_lint_check(server_rec *main_server, apr_pool_t *pool);

/** Tell what has been noted, when the error log is open. */
void cors_lint_report(server_rec *main_server);

#endif /* CORS_LINT_H */
