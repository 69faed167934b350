#include "wire/problem.h"

#include <gtest/gtest.h>

#include "wire/json.h"

namespace tinychat::wire::problem_test {

TEST(Problem, IsMadeByTheTable) {
  EXPECT_EQ(to_json(problem_of({Code::kMalformed, "A \"quote\" at byte 3."})),
            R"({"type":"urn:tinychat:problem:malformed","title":"Malformed request","status":400,)"
            R"("detail":"A \"quote\" at byte 3."})");
  EXPECT_EQ(problem_of({Code::kTooLarge, "x"}).status, 413);
}

TEST(Problem, HidesWhatIsNotForClients) {
  const auto text = to_json(problem_of({Code::kStorageFailed, "/var/lib/secret.db: disk I/O error"}));
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_NE(text.find("try again later"), std::string::npos);
  EXPECT_NE(text.find("\"status\":503"), std::string::npos);
}

TEST(Problem, OfEveryCodeIsJson) {
  for (int code = 0; code <= static_cast<int>(Code::kUsage); ++code) {
    const auto members = parse_json_object(to_json(problem_of({static_cast<Code>(code), "d\n\"\\"})));
    ASSERT_TRUE(members) << code;
    EXPECT_EQ(members->size(), 4U);
  }
}

}  // namespace tinychat::wire::problem_test
