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

#ifndef CORS_CONFIG_H
#define CORS_CONFIG_H

/**
 * @file cors_config.h
 * The directives.  A section's configuration is a cors_policy_t.
 */

#include <httpd.h>
#include <http_config.h>

#include "../core/cors_policy.h"

/** All directives of the module. */
extern const command_rec cors_directives[];

/** Make the configuration of a section: a policy that says nothing. */
void *cors_config_create(apr_pool_t *pool, char *dir);

/** Merge the configuration of an inner section into that of an outer one. */
void *cors_config_merge(apr_pool_t *pool, void *outer, void *inner);

/** Make the configuration of a server. */
void *cors_config_server(apr_pool_t *pool, server_rec *s);

/** Compute it for all servers, when what the sections say is complete. */
void cors_config_finish(const server_rec *main_server, apr_pool_t *ptemp);

/**
 * Whether a request to a server can have a policy at all: a section that holds
 * for it says something of CORS, or a .htaccess may.
 */
int cors_config_is_used(const server_rec *s);

/**
 * Whether the URL alone decides which policy holds for a request to a server:
 * what says something of CORS is the server itself and its <Location>
 * sections, no directory and no .htaccess.
 */
int cors_config_is_final(const server_rec *s);

/**
 * The policy that is in force where a request is now in its sections, or
 * NULL.
 */
const cors_policy_t *cors_config_policy(const request_rec *r);

/** A setting as a directive says it, as in "CorsEngine On"; in pool. */
const char *cors_config_setting(const cors_policy_t *policy,
                                cors_setting_t setting, apr_pool_t *pool);

/**
 * The place of an argument among the words that a directive takes, which NULL
 * ends; their case does not count.  An error names them.
 */
const char *cors_config_word(const cmd_parms *cmd, const char *const *words,
                             const char *arg, unsigned char *value);

/**
 * What a directive's function returns for faults: with the directive's name,
 * and where httpd does not say it, in a .htaccess, the line.  NULL for NULL.
 */
const char *cors_config_fault(const cmd_parms *cmd, const char *faults);

#endif /* CORS_CONFIG_H */
