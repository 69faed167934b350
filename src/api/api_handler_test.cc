#include "api/api_handler.h"

#include <string>

#include "api/api_fixture.h"

namespace tinychat::api::api_handler_test {

using Api = ApiFixture;

TEST_F(Api, UnknownPathsAre404) {
  for (const auto* path : {"/api/v1/nope", "/api/v1/me/nope", "/healthz/x", "/assets/nope.js", "/favicon.ico",
                           "/subscribe", "/.well-known/x"}) {
    expect_problem(get(path), 404);
    expect_problem(send("HEAD", path), 404);
  }
  expect_problem(send("PUT", "/api/foo"), 404);
}

TEST_F(Api, OtherMethodsAre405AndSayWhichThereAre) {
  auto answer = get("/everyone");
  expect_problem(answer, 405);
  EXPECT_EQ(answer.header("Allow"), "POST, OPTIONS");
  EXPECT_TRUE(answer.body_has("/subscribe/")) << answer.body();
  answer = send("POST", "/healthz");
  expect_problem(answer, 405);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, OPTIONS");
  answer = send("DELETE", "/api/v1/rooms/a/messages");
  expect_problem(answer, 405);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST, OPTIONS");
  expect_problem(send("POST", "/"), 405);
  expect_problem(send("POST", "/subscribe/a"), 405);
  expect_problem(send("get", "/healthz"), 405);
}

TEST_F(Api, MalformedTargetsAre400) {
  expect_problem(get("nonsense"), 400);
  expect_problem(get("/subscribe/a?since=%zz"), 400);
  expect_problem(get("*"), 400);
  const auto answer = get("/subscribe/a%zz");
  expect_problem(answer, 400);
  EXPECT_TRUE(answer.body_has("byte 12")) << answer.body();
  expect_problem(get("/subscribe/%FF"), 400);
  expect_problem(get("/api/v1/rooms/a/messages/%z"), 400);
}

TEST_F(Api, OptionsAreAnsweredEverywhere) {
  for (const auto* path : {"/", "/everyone", "/api/v1/nope", "/subscribe/a", "/a%zz"}) {
    EXPECT_EQ(send("OPTIONS", path).status(), 204) << path;
  }
  EXPECT_EQ(send("OPTIONS", "/everyone").header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(send("OPTIONS", "*").header("Allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

TEST_F(Api, CorsHeadersAreOnEveryKindOfAnswer) {
  settings_.allowed_origins = {"https://a.example"};
  const wire::Fields origin = {{"origin", "https://a.example"}};
  for (const auto* path : {"/", "/healthz", "/api/v1/nope", "/everyone", "/subscribe/a", "/subscribe/api",
                           "/api/v1/rooms", "/a%zz", "nonsense"}) {
    const auto answer = get(path, origin);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://a.example") << path;
    EXPECT_TRUE(answer.header("Vary").contains("Origin")) << path;
    EXPECT_EQ(get(path).header("Access-Control-Allow-Origin"), "") << path;
    EXPECT_TRUE(get(path).header("Vary").contains("Origin")) << path;
  }
  const auto preflight = send("OPTIONS", "/everyone",
                              {{"origin", "https://a.example"}, {"access-control-request-method", "POST"}});
  EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "https://a.example");
}

TEST_F(Api, SaysItIsWell) {
  const auto answer = get("/healthz");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.body(), R"({"status":"ok","version":"1.2.3"})");
}

TEST_F(Api, RefusesWithAProblem) {
  const auto response = handler_.refuse({Code::kHeadTooLarge, "Too many fields."}, {});
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(*wire::find(response.headers, "Content-Type"), "application/problem+json");
  EXPECT_EQ(*wire::find(response.headers, "X-Content-Type-Options"), "nosniff");
  EXPECT_NE(response.body.find("Too many fields."), std::string::npos);
}

}  // namespace tinychat::api::api_handler_test
