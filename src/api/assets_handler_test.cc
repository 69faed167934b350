#include <string>

#include "api/api_fixture.h"
#include "api/assets.h"

namespace tinychat::api::assets_handler_test {

using AssetsHandler = ApiFixture;

TEST_F(AssetsHandler, ThePageIsServedStrictly) {
  for (const auto* path : {"/", "/r/everyone", "/r/a/b"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status(), 200);
    EXPECT_TRUE(answer.header("Content-Type").starts_with("text/html"));
    EXPECT_EQ(answer.body(), find_asset("/")->identity);
    EXPECT_TRUE(
        answer.header("Content-Security-Policy").starts_with("default-src 'none'; script-src 'self';"));
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.header("Cache-Control"), "no-cache");
    EXPECT_EQ(answer.header("Vary"), "Accept-Encoding");
  }
  expect_problem(get("/r/api"), 422);
}

TEST_F(AssetsHandler, EveryAssetIsServedInEveryCoding) {
  for (const Asset& asset : assets()) {
    const std::string path(asset.path);
    if (asset.brotli.empty()) {
      const auto answer = get(path, {{"accept-encoding", "gzip, br"}});
      EXPECT_EQ(answer.header("Content-Encoding"), "") << path;
      EXPECT_EQ(answer.body(), asset.identity) << path;
      continue;
    }
    const auto brotli = get(path, {{"accept-encoding", "gzip, br"}});
    EXPECT_EQ(brotli.header("Content-Encoding"), "br");
    EXPECT_EQ(brotli.body(), asset.brotli);
    const auto gzip = get(path, {{"accept-encoding", "gzip, br;q=0"}});
    EXPECT_EQ(gzip.header("Content-Encoding"), "gzip");
    EXPECT_EQ(gzip.body(), asset.gzip);
    const auto identity = get(path);
    EXPECT_EQ(identity.header("Content-Encoding"), "");
    EXPECT_EQ(identity.body(), asset.identity);
    EXPECT_EQ(identity.header("Content-Type"), asset.content_type);
    EXPECT_NE(identity.header("ETag"), brotli.header("ETag"));
    EXPECT_NE(gzip.header("ETag"), brotli.header("ETag"));
    EXPECT_NE(gzip.header("ETag"), identity.header("ETag"));
  }
}

TEST_F(AssetsHandler, AnAssetThatTheClientHasIsNotSentAgain) {
  const wire::Fields brotli = {{"accept-encoding", "br"}};
  const std::string etag = get("/openapi.yaml", brotli).header("ETag");
  for (const auto& value :
       {etag, "W/" + etag, "\"x\", " + etag, "\"x\" ,W/" + etag + ",", std::string("*")}) {
    const auto answer = get("/openapi.yaml", {{"accept-encoding", "br"}, {"if-none-match", value}});
    EXPECT_EQ(answer.status(), 304) << value;
    EXPECT_EQ(answer.body(), "");
    EXPECT_EQ(answer.header("ETag"), etag);
    EXPECT_EQ(answer.header("Cache-Control"), "no-cache");
    EXPECT_EQ(answer.header("Vary"), "Accept-Encoding");
  }
  EXPECT_EQ(get("/openapi.yaml", {{"if-none-match", etag}}).status(), 200);
  EXPECT_EQ(get("/openapi.yaml", {{"accept-encoding", "br"}, {"if-none-match", "\"x\""}}).status(), 200);
}

}  // namespace tinychat::api::assets_handler_test
