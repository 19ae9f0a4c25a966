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

#ifndef CORS_DUMP_H
#define CORS_DUMP_H

/**
 * @file cors_dump.h
 * "httpd -t -D DUMP_CORS": what the configuration says of CORS.
 */

#include <httpd.h>

/**
 * Print each section that says something of CORS: as it is written, as it
 * takes effect, and the warnings about it.  On standard output.
 */
void cors_dump(const server_rec *main_server, apr_pool_t *pool);

#endif /* CORS_DUMP_H */
