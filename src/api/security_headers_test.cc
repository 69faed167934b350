// A table: which answer tells browsers what.
#include <map>
#include <string>
#include <vector>

#include "api/api_fixture.h"

namespace tinychat::api::security_headers_test {

using SecurityHeaders = ApiFixture;

enum class Kind { kPage, kFile, kData, kPlain };

struct Row {
  std::string method;
  std::string path;
  Kind kind;
  int status;
};

TEST_F(SecurityHeaders, EveryAnswerHasThoseOfItsKind) {
  const std::vector<Row> table = {
      {"GET", "/", Kind::kPage, 200},
      {"GET", "/r/everyone", Kind::kPage, 200},
      {"GET", "/sw.js", Kind::kPage, 200},
      {"GET", "/favicon.svg", Kind::kFile, 200},
      {"GET", "/manifest.webmanifest", Kind::kFile, 200},
      {"GET", "/openapi.yaml", Kind::kFile, 200},
      {"GET", "/healthz", Kind::kData, 200},
      {"GET", "/api/v1/rooms", Kind::kData, 200},
      {"GET", "/api/v1/rooms/everyone/messages", Kind::kData, 200},
      {"HEAD", "/api/v1/events?room=everyone", Kind::kPlain, 200},
      {"HEAD", "/subscribe/everyone", Kind::kPlain, 200},
      {"OPTIONS", "/everyone", Kind::kPlain, 204},
      // What goes wrong.
      {"GET", "/assets/none.js", Kind::kData, 404},
      {"GET", "/api/v1/none", Kind::kData, 404},
      {"GET", "/r/api", Kind::kData, 422},
      {"GET", "/subscribe/%zz", Kind::kData, 400},
      {"PUT", "/everyone", Kind::kData, 405},
      {"POST", "/everyone", Kind::kData, 422},
      {"GET", "/api/v1/me", Kind::kData, 401},
  };
  for (const auto& [method, path, kind, status] : table) {
    const auto answer = send(method, path);
    const std::string what = method + ' ' + path;
    EXPECT_EQ(answer.status(), status) << what;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << what;
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin") << what;
    const std::string policy = answer.header("Content-Security-Policy");
    if (kind == Kind::kPage || kind == Kind::kData) {
      EXPECT_TRUE(policy.starts_with("default-src 'none'; ")) << what;
      EXPECT_TRUE(policy.contains("frame-ancestors 'none'")) << what;
      EXPECT_FALSE(policy.contains("unsafe")) << what;
    } else {
      EXPECT_EQ(policy, "") << what;
    }
    EXPECT_EQ(policy.contains("script-src 'self'"), kind == Kind::kPage) << what;
    const bool is_of_the_page = kind == Kind::kPage || kind == Kind::kFile;
    EXPECT_EQ(answer.header("Referrer-Policy"), is_of_the_page ? "no-referrer" : "") << what;
    EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), kind == Kind::kPage ? "same-origin" : "") << what;
    EXPECT_EQ(answer.header("Permissions-Policy").empty(), kind != Kind::kPage) << what;
    EXPECT_EQ(answer.header("Server"), "") << "it is the connection's";
  }
}

}  // namespace tinychat::api::security_headers_test
