#include "wire/markdown.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "wire/utf8.h"

namespace tinychat::wire::markdown_test {

constexpr std::size_t kAmple = 1 << 20;

std::string render(std::string_view text) { return render_markdown(text, kAmple).value_or("(plain)"); }

std::string link(std::string_view url, std::string_view text) {
  return "<a href=\"" + std::string(url) + R"(" rel="noopener nofollow ugc" target="_blank">)" +
         std::string(text) + "</a>";
}

std::string paragraph(const std::string& inner) { return "<p>" + inner + "</p>"; }

std::string repeat(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  text.resize(bytes);
  return text;
}

TEST(Markdown, TextThatMeansNothingElseIsPlain) {
  for (const char* text : {"hi",
                           "",
                           " ",
                           "5 * 3 = 15",
                           "Q & A",
                           "a < b",
                           "snake_case and _ alone",
                           "one\ntwo",
                           "one\n\ntwo",
                           "note: this",
                           "#hashtag",
                           "-5 degrees",
                           "1.5 l",
                           "a ~ b",
                           "\xc3\xa9\xe2\x80\xa8x",
                           "/me waves",
                           "mail a@b.example",
                           "@",
                           "@ home",
                           "wwwhat",
                           "https://",
                           "http:// x",
                           "[x]",
                           "[a]: http://hidden.example"}) {
    EXPECT_EQ(render(text), "(plain)") << text;
  }
}

TEST(Markdown, WhatPeopleWrite) {
  EXPECT_EQ(render("**bold** _it_ `c<d>`"),
            paragraph("<strong>bold</strong> <em>it</em> <code>c&lt;d&gt;</code>"));
  EXPECT_EQ(render("one\n*two*"), paragraph("one<br><em>two</em>"));
  EXPECT_EQ(render("- a\n- b\n\n3) c"), "<ul><li>a</li><li>b</li></ul><ol start=\"3\"><li>c</li></ol>");
  EXPECT_EQ(render("- a\n\n- b"), "<ul><li><p>a</p></li><li><p>b</p></li></ul>");
  EXPECT_EQ(render("> a\n> b"), "<blockquote><p>a<br>b</p></blockquote>");
  EXPECT_EQ(render("```c++ x\nif (a<b)\n```"),
            "<pre><code class=\"language-c++\">if (a&lt;b)\n</code></pre>");
  EXPECT_EQ(render("```c\fmention\n```"), "<pre><code class=\"language-c\"></code></pre>");
  EXPECT_EQ(render("# T\n***"), "<h1>T</h1><hr>");
  EXPECT_EQ(render("\\*no\\* &lt;"), paragraph("*no* &lt;"));
  EXPECT_EQ(render("~~gone *~~ and ~~ not ~~"), paragraph("<del>gone *</del> and ~~ not ~~"));
}

TEST(Markdown, LinksLeadOnlyWhereTheyMay) {
  EXPECT_EQ(render("[l](http://a.b \"t\")"), paragraph(link("http://a.b", "l")));
  EXPECT_EQ(render("[l](MAILTO:a@b)"), paragraph(link("MAILTO:a@b", "l")));
  EXPECT_EQ(render("<https://a.b/?x=\"1\">"),
            paragraph(link("https://a.b/?x=&quot;1&quot;", "https://a.b/?x=&quot;1&quot;")));
  EXPECT_EQ(render("![alt](http://a.b) ![](http://a.b)"),
            paragraph(link("http://a.b", "alt") + ' ' + link("http://a.b", "http://a.b")));
  for (const char* url :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc",
        "//evil.example", "/path", "&#106;avascript:x", "java\tscript:x", "x", "", "http:"}) {
    EXPECT_EQ(render("*[l](<" + std::string(url) + ">)*"), paragraph("<em>l</em>")) << url;
  }
  EXPECT_EQ(render("[![i](http://i.b)](http://a.b)"), paragraph(link("http://a.b", "i")));
  EXPECT_EQ(render("[http://good.example](http://a.b)"),
            paragraph(link("http://a.b", "http://good.example")));
}

TEST(Markdown, AddressesAreLinks) {
  EXPECT_EQ(
      render("see https://x.org/a_b?c=1&d=2, ok"),
      paragraph("see " + link("https://x.org/a_b?c=1&amp;d=2", "https://x.org/a_b?c=1&amp;d=2") + ", ok"));
  EXPECT_EQ(render("(http://a.b/(c)) WWW.a.b."), paragraph("(" + link("http://a.b/(c)", "http://a.b/(c)") +
                                                           ") " + link("http://WWW.a.b", "WWW.a.b") + "."));
  EXPECT_EQ(render("xhttp://a.b"), "(plain)");
  EXPECT_EQ(render("http://\xc3\xa9.b/'\""),
            paragraph(link("http://\xc3\xa9.b/", "http://\xc3\xa9.b/") + "&#x27;&quot;"));
  EXPECT_EQ(render("`http://a.b`"), paragraph("<code>http://a.b</code>"));
}

TEST(Markdown, NamesAreMarked) {
  const auto mention = [](std::string_view name) {
    return "<span class=\"mention\" data-name=\"" + std::string(name) + "\">@" + std::string(name) +
           "</span>";
  };
  EXPECT_EQ(render("@mason, hi"), paragraph(mention("mason") + ", hi"));
  EXPECT_EQ(render("(@quiet-otter)."), paragraph("(" + mention("quiet-otter") + ")."));
  EXPECT_EQ(render("**@a_b.c.**"), paragraph("<strong>" + mention("a_b.c") + ".</strong>"));
  EXPECT_EQ(render("@\xc3\xa9t\xc3\xa9"), paragraph(mention("\xc3\xa9t\xc3\xa9")));
  EXPECT_EQ(render("@\"a & 'c'\""), paragraph(mention("a &amp; &#x27;c&#x27;")));
  EXPECT_EQ(render("a@b @@x @\"\" .@x @\""),
            paragraph("a@b @" + mention("x") + " @&quot;&quot; .@x @&quot;"));
  EXPECT_EQ(render("[@a](http://a.b) `@a`"), paragraph(link("http://a.b", "@a") + " <code>@a</code>"));
  EXPECT_EQ(render("@" + std::string(129, 'x')), "(plain)");
  EXPECT_EQ(render("@\"" + std::string(128, 'x') + "\""), paragraph(mention(std::string(128, 'x'))));
  EXPECT_EQ(render("@\"" + std::string(129, 'x') + "\""), "(plain)");
  EXPECT_EQ(render("@a\xc2\x80"), "(plain)");
  EXPECT_EQ(render("*@\"a&Tab;b\"*"), paragraph("<em>@&quot;a\tb&quot;</em>"));
}

TEST(Markdown, NamesAreFoundWhateverTheirCase) {
  EXPECT_TRUE(mentions("hi @Mason!", "mason"));
  EXPECT_TRUE(mentions("a@mason @\"quiet otter\"", "Quiet Otter"));
  EXPECT_FALSE(mentions("a@mason @mas @mason2 @ mason @\"mason", "mason"));
  EXPECT_FALSE(mentions("@\"a\nb\"", "a\nb"));
  EXPECT_FALSE(mentions("", "mason"));
  EXPECT_FALSE(mentions("@", ""));
}

TEST(Markdown, MarkupThatPeopleWroteStaysText) {
  EXPECT_EQ(render("<script>alert(1)</script>"), paragraph("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_EQ(render("hi <b onclick=\"x\">b</b>"), paragraph("hi &lt;b onclick=&quot;x&quot;&gt;b&lt;/b&gt;"));
  EXPECT_EQ(render("<!-- a\nb -->"), paragraph("&lt;!-- a<br>b --&gt;"));
  EXPECT_EQ(render("```\"><img\nx\n```"), "<pre><code class=\"language-&quot;&gt;&lt;img\">x\n</code></pre>");
}

TEST(Markdown, StopsWhereItWouldTakeTooMuch) {
  EXPECT_EQ(render_markdown("**a**", 10), std::nullopt);
  EXPECT_TRUE(render_markdown("**a**", 25));
}

// Whatever comes in, what comes out is made of our elements only, closed and nested, and is UTF-8.
class Checker {
 public:
  void check(std::string_view html) {
    ASSERT_EQ(first_invalid_utf8(html), std::nullopt);
    while (!html.empty()) {
      const auto begin = html.find('<');
      ASSERT_EQ(html.substr(0, begin).find_first_of(">\"'"), std::string_view::npos) << html;
      if (begin == std::string_view::npos) break;
      const auto end = html.find('>', begin);
      ASSERT_NE(end, std::string_view::npos);
      tag(html.substr(begin + 1, end - begin - 1));
      html.remove_prefix(end + 1);
    }
    ASSERT_TRUE(open_.empty());
  }

 private:
  void tag(std::string_view text) {
    static const std::set<std::string_view> kElements = {"p",          "strong", "em", "del", "code", "pre",
                                                         "blockquote", "ul",     "ol", "li",  "h1",   "h2",
                                                         "h3",         "h4",     "h5", "h6",  "a",    "span"};
    if (text == "br" || text == "hr") return;
    if (text.starts_with('/')) {
      ASSERT_FALSE(open_.empty());
      ASSERT_EQ(open_.back(), text.substr(1));
      open_.pop_back();
      return;
    }
    const auto name = text.substr(0, text.find(' '));
    ASSERT_TRUE(kElements.contains(name)) << text;
    auto attributes = text.substr(name.size());
    while (!attributes.empty()) {
      ASSERT_EQ(attributes.front(), ' ');
      const auto equals = attributes.find("=\"");
      ASSERT_NE(equals, std::string_view::npos) << text;
      const auto key = attributes.substr(1, equals - 1);
      const auto end = attributes.find('"', equals + 2);
      const auto value = attributes.substr(equals + 2, end - equals - 2);
      static const std::set<std::string_view> kAttributes = {"href",  "rel",       "target",
                                                             "class", "data-name", "start"};
      ASSERT_TRUE(kAttributes.contains(key)) << text;
      if (key == "href") {
        const auto scheme = to_lower(value.substr(0, value.find(':')));
        ASSERT_TRUE(scheme == "http" || scheme == "https" || scheme == "mailto") << text;
      }
      attributes.remove_prefix(end + 1);
    }
    open_.push_back(std::string(name));
  }
  static std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& byte : lower) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    return lower;
  }

  std::vector<std::string> open_;
};

TEST(Markdown, WhateverComesInOnlyOurElementsComeOut) {
  const std::vector<std::string> pieces = {"*",
                                           "**",
                                           "_",
                                           "`",
                                           "```",
                                           "\n",
                                           "\n\n",
                                           " ",
                                           "    ",
                                           "- ",
                                           "1. ",
                                           "> ",
                                           "# ",
                                           "---",
                                           "[",
                                           "](",
                                           ")",
                                           "!",
                                           "<",
                                           ">",
                                           "<b>",
                                           "</b>",
                                           "<!--",
                                           "-->",
                                           "<script>",
                                           "&",
                                           "&lt;",
                                           "&#0;",
                                           "&quot;",
                                           "\"",
                                           "'",
                                           "\\",
                                           "~~",
                                           "@",
                                           "@a",
                                           "@\"",
                                           "http://",
                                           "https://a.b",
                                           "www.",
                                           "javascript:",
                                           "data:",
                                           "mailto:",
                                           "a",
                                           "bc",
                                           "\xc3\xa9",
                                           "\xe2\x80\xae",
                                           "\t",
                                           "\r",
                                           std::string(1, '\0'),
                                           "=",
                                           "===",
                                           "|",
                                           "a@b.c",
                                           ".",
                                           "(",
                                           "/",
                                           "[a]: http://x\n"};
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const auto length = random() % 40;
    for (unsigned i = 0; i < length; ++i) text += pieces[random() % pieces.size()];
    if (const auto html = render_markdown(text, kAmple)) {
      Checker().check(*html);
      ASSERT_FALSE(testing::Test::HasFatalFailure())
          << "seed " << seed << ", text " << text << "\nhtml " << *html;
    }
  }
}

// A publish waits for it, so no text may take long: ten times what the worst took when this was written.
TEST(Markdown, NothingTakesLong) {
  std::vector<std::string> texts;
  for (const char* piece : {"[",        "]",      "![",   "[a](", "*a ",  "**a",     "_a ",        "a**b*c ",
                            "<",        "> ",     ">",    "- ",   "* * ", "1. ",     "&",          "\\",
                            "[a]: b\n", "![[]()", "~~a",  "@a ",  "@",    "www.a",   "http://(((", "www.)))",
                            "*_",       "`",      "``a`", "<!--", "</",   "- a\n  ", "> a\n",      "[x]()"}) {
    texts.push_back(repeat(piece, 10'000));
  }
  for (const char* piece :
       {"~<?", "_*<!A ", "a<![CDATA[", "[a]: b\n*_", "![a](b)_*", "*_![a](b)", "> * a\n</a", "  - a\n- ",
        "* * *\n@a ", "1) a\n", "a\n\n", "`a`", "&amp;", "<a@b>", "*\ta"}) {
    texts.push_back(repeat(piece, 10'000));
  }
  texts.push_back(repeat(">", 5000) + "a\n" + repeat("b\n", 4990));
  texts.push_back(repeat("- ", 4000) + "a\n" + repeat("\n", 6000));
  texts.push_back(repeat("1. ", 3000) + "a\n" + repeat("  \n", 6000));
  texts.push_back(repeat("[", 5000) + repeat("](http://a)", 5000));
  for (const auto& text : texts) {
    const auto began = std::chrono::steady_clock::now();
    const auto html = render_markdown(text, 32 * 1024);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(200)) << text.substr(0, 20);
    if (html) Checker().check(*html);
  }
}

}  // namespace tinychat::wire::markdown_test
