#include "api/admin_handler.h"

#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace tinychat::api::admin_handler_test {

class AdminHandlerTest : public testing::Test {
 protected:
  Answer send(std::string method, std::string target) {
    auto answer = std::make_shared<Answer>();
    handler_.handle({.method = std::move(method), .target = std::move(target), .headers = {}, .body = {}},
                    net::Responder(std::make_shared<FakeTarget>(answer)));
    EXPECT_EQ(answer->answers, 1);
    EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer->header("Cache-Control"), "no-store");
    return *answer;
  }

  Readiness readiness_;
  Settings settings_{.allowed_origins = {"*"}, .version = "1.2.3", .readiness = &readiness_};
  int pages_ = 0;
  AdminHandler handler_{settings_, [this] { return "page " + std::to_string(++pages_) + "\n"; }};
};

TEST_F(AdminHandlerTest, EveryPageIsMadeAnew) {
  EXPECT_EQ(send("GET", "/metrics").body(), "page 1\n");
  const auto second = send("GET", "/metrics?name[]=x");
  EXPECT_EQ(second.body(), "page 2\n");
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(second.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(AdminHandlerTest, ReadinessGivesEveryReasonByItsPart) {
  EXPECT_EQ(send("GET", "/readyz").body(), R"({"status":"ready"})");
  readiness_.set(Readiness::Part::kReading, "Redis is away");
  readiness_.set(Readiness::Part::kStoring, "the \"disk\" is full");
  const auto answer = send("GET", "/readyz");
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body(), R"({"status":"not-ready","reason":"the \"disk\" is full",)"
                           R"("reasons":{"reading":"Redis is away","storing":"the \"disk\" is full"}})");
  EXPECT_EQ(send("GET", "/healthz").body(), R"({"status":"ok","version":"1.2.3"})");
}

TEST_F(AdminHandlerTest, NothingElseIsThereAndNothingCanBeChanged) {
  for (const auto* target : {"/r/den", "/api/v1/rooms", "/metrics/", "/Metrics", "/subscribe/den"}) {
    EXPECT_EQ(send("GET", target).status(), 404) << target;
  }
  for (const auto* target : {"/", "/metrics", "/readyz", "/healthz"}) {
    EXPECT_EQ(send("HEAD", target).status(), 200) << target;
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
      const auto answer = send(method, target);
      EXPECT_EQ(answer.status(), 405) << method << " " << target;
      EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
      EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "") << "no page may look in";
    }
  }
  EXPECT_EQ(send("GET", "metrics").status(), 400);
  EXPECT_EQ(pages_, 1) << "one HEAD";
}

}  // namespace tinychat::api::admin_handler_test
