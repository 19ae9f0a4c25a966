// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
//     http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.

// Go with rs/cors: server PORT PORT_H2 FOLDER.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/rs/cors"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

func main() {
	policy := cors.New(cors.Options{
		AllowedOrigins: []string{"https://app.example.com",
			"https://www.example.com", "https://admin.example.com"},
		AllowCredentials: true,
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH",
			"DELETE"},
		AllowedHeaders: []string{"Authorization", "Content-Type",
			"X-Requested-With"},
		ExposedHeaders: []string{"ETag", "Link", "X-Request-Id"},
		MaxAge:         600,
	})
	serve := policy.Handler(http.FileServer(http.Dir(os.Args[3])))
	go func() {
		log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], serve))
	}()
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2],
		h2c.NewHandler(serve, &http2.Server{})))
}
