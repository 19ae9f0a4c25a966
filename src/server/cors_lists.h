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

#ifndef CORS_LISTS_H
#define CORS_LISTS_H

/**
 * @file cors_lists.h
 * The directives whose argument is a list.
 */

#include <httpd.h>
#include <http_config.h>

/** What is particular to a list directive: the cmd->info of its command. */
typedef struct cors_list_directive_t cors_list_directive_t;

extern const cors_list_directive_t cors_list_allow_origin;
extern const cors_list_directive_t cors_list_allow_origin_match;
extern const cors_list_directive_t cors_list_allow_credentials;
extern const cors_list_directive_t cors_list_allow_methods;
extern const cors_list_directive_t cors_list_allow_headers;
extern const cors_list_directive_t cors_list_expose_headers;

/**
 * Add the entries of a directive to the list of its section.
 *
 * @return NULL, or all that is wrong with them
 */
const char *cors_lists_set(cmd_parms *cmd, void *conf, const char *args);

#endif /* CORS_LISTS_H */
