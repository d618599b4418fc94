import { useEffect } from "react";
import { headingsOf, Markdown } from "@/ui/Markdown";
import { useTitle } from "@/ui/title";
import { pages, manual as words } from "@/words/manual";
import classes from "./ManualPage.module.css";

/** The manual, served by the appliance itself: it can be read without internet. */
export function ManualPage({ page, text }: { page: string; text: string }) {
  const title = pages.find(({ key }) => key === page)?.title;
  useTitle(title ?? words.title);
  // The anchor exists only once the text is drawn.
  useEffect(() => {
    const target = text && window.location.hash.slice(1);
    if (target) document.getElementById(decodeURIComponent(target))?.scrollIntoView();
  }, [text]);
  const inside = headingsOf(text).filter(({ depth }) => depth === 2);
  return (
    <div className={classes.manual}>
      <nav aria-label={words.contents} className={classes.contents}>
        <p className={classes.label}>{words.title}</p>
        <ul>
          {pages.map(({ key, title: name }) => (
            <li key={key}>
              <a href={`/docs/${key}`} aria-current={key === page ? "page" : undefined}>
                {name}
              </a>
              {key === page && inside.length > 1 ? (
                <ul>
                  {inside.map(({ id, text: heading }) => (
                    <li key={id}>
                      <a href={`#${id}`}>{heading}</a>
                    </li>
                  ))}
                </ul>
              ) : null}
            </li>
          ))}
        </ul>
      </nav>
      <article className={classes.page}>
        <Markdown text={text} />
      </article>
    </div>
  );
}
