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

#ifndef CORS_MODULE_H
#define CORS_MODULE_H

/**
 * @file cors_module.h
 * The module record, for the files that read their configuration or log
 * through it.  It is the one symbol that the shared object exports, the build
 * hides all others.
 */

#include <httpd.h>
#include <http_config.h>

#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif
extern module AP_MODULE_DECLARE_DATA cors_module;
#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif /* CORS_MODULE_H */
