import { useState, type ReactNode } from "react";
import type { PageButton, ProductView, PurchaseView, ResultView, ShopView } from "../../core/envs/env.ts";
import { Combobox } from "../components/Combobox.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatScore, plural } from "../format.ts";
import { Press, type Act } from "./Press.tsx";
import { ProductPicture } from "./ProductPicture.tsx";
import styles from "./ShopPage.module.css";

interface ShopPageProps {
  readonly view: ShopView;
  /** Sends an action; null while someone else acts. */
  readonly onAct: ((action: string) => void) | null;
  /** The action that comes next, to be marked where it is pressed; null if none is known. */
  readonly next: string | null;
}

/** The shop as a web page: instruction, search bar, results, a product with its options, the receipt. */
export function ShopPage({ view, onAct, next }: ShopPageProps) {
  const { page, instruction, results, product, purchase, text } = view;
  const act: Act = { onAct, next };
  return (
    <div className={styles.shop}>
      <p className={styles.instruction}>
        <b>Instruction:</b> {instruction}
      </p>
      {page !== "done" && <SearchBar view={view} act={act} />}
      <NavigationButtons view={view} act={act} />
      {results !== null && <Results results={results} searchTerms={view.searchTerms} act={act} />}
      {product !== null && page !== "done" && (
        <Product product={product} view={view} act={act}>
          {text !== null && <About text={text} title={page} />}
        </Product>
      )}
      {purchase !== null && <Receipt purchase={purchase} product={product} />}
    </div>
  );
}

/** The search bar: typed into by a player, filled with what the agent searches for while it is watched. */
function SearchBar({ view, act }: { readonly view: ShopView; readonly act: Act }) {
  const [words, setWords] = useState("");
  const { onAct, next } = act;
  const searched = /^search\b\s*\[?(.*?)\]?$/.exec(next ?? "")?.[1];
  if (onAct === null) {
    return (
      <p className={classNames(styles.search, searched !== undefined && styles.next)}>
        <span className={styles.terms}>{searched ?? view.searchTerms}</span>
        <span className={styles.searchButton}>Search</span>
      </p>
    );
  }
  return (
    <Combobox
      label="Search the shop"
      text={words}
      onText={setWords}
      placeholder={view.searchTerms === "" ? "What are you looking for?" : view.searchTerms}
      options={view.searches.map(({ label }) => label)}
      buttonLabel="Search"
      onSubmit={(wanted) => onAct(`search ${wanted}`)}
    />
  );
}

/** Buttons that are tabs of the product's page. */
const TABS: ReadonlySet<string> = new Set(["description", "features", "reviews", "attributes"]);
const BUY = "click buy";

function isTab({ label }: PageButton): boolean {
  return TABS.has(label.toLowerCase());
}

function NavigationButtons({ view: { buttons }, act }: { readonly view: ShopView; readonly act: Act }) {
  const navigation = buttons.filter((button) => !isTab(button) && button.action !== BUY);
  if (navigation.length === 0) return null;
  return (
    <div className={styles.navigation} role="group" aria-label="Pages of the shop">
      {navigation.map((button) => (
        <Press key={button.action} button={button} act={act} className={styles.plain} />
      ))}
    </div>
  );
}

interface ResultsProps {
  readonly results: NonNullable<ShopView["results"]>;
  readonly searchTerms: string;
  readonly act: Act;
}

function Results({ results: { page, total, products }, searchTerms, act }: ResultsProps) {
  return (
    <>
      <p className={controls.note}>
        Page {page}, {plural(total, "result")} for “{searchTerms}”
      </p>
      {products.length === 0 && <p className={controls.empty}>Nothing more here.</p>}
      <ul className={styles.results}>
        {products.map((product) => (
          <Result key={product.action} product={product} act={act} />
        ))}
      </ul>
    </>
  );
}

function Result({ product, act }: { readonly product: ResultView; readonly act: Act }) {
  const { title, asin, category, price, visited, action } = product;
  return (
    <li>
      <Press button={{ label: title, action }} act={act} className={styles.result}>
        <ProductPicture title={title} category={category} />
        <span className={styles.facts}>
          <span className={styles.title}>{title}</span>
          <span className={styles.price}>{dollars(price)}</span>
          <span className={controls.note}>
            {asin}
            {visited ? ", seen" : ""}
          </span>
        </span>
      </Press>
    </li>
  );
}

function dollars(price: number): string {
  return `$${price.toFixed(2)}`;
}

interface ProductProps {
  readonly product: ProductView;
  readonly view: ShopView;
  readonly act: Act;
  readonly children: ReactNode;
}

function Product({ product, view: { buttons, page }, act, children }: ProductProps) {
  const { title, price, category, options, rating, asin } = product;
  const tabs = buttons.filter(isTab);
  const buy = buttons.find(({ action }) => action === BUY);
  return (
    <article className={styles.product}>
      <p className={controls.note}>{category.join(" › ")}</p>
      <div className={styles.head}>
        <ProductPicture title={title} category={category} />
        <div className={styles.facts}>
          <h3 className={styles.title}>{title}</h3>
          <span className={styles.price}>{dollars(price)}</span>
          <span className={controls.note}>
            Rating {rating}, {asin}
          </span>
        </div>
        {buy !== undefined && <Press button={buy} act={act} className={styles.buy} />}
      </div>
      {children}
      {page === "item" &&
        options.map(({ name, values }) => (
          <div key={name} className={styles.options} role="group" aria-label={name}>
            <b>{name}</b>
            {values.map((value) => (
              <Press key={value.action} button={value} act={act} chosen={value.chosen} className={styles.option} />
            ))}
          </div>
        ))}
      {tabs.length > 0 && (
        <div className={styles.tabs} role="group" aria-label="About the product">
          {tabs.map((tab) => (
            <Press key={tab.action} button={tab} act={act} className={styles.plain} />
          ))}
        </div>
      )}
    </article>
  );
}

/** A page about the product; the shop's data has no reviews. */
function About({ title, text }: { readonly title: string; readonly text: readonly string[] }) {
  return (
    <div className={styles.about}>
      <h4>{title}</h4>
      {text.length === 0 && <p className={controls.note}>There are none.</p>}
      {text.length === 1 && <p>{text[0]}</p>}
      {text.length > 1 && (
        <ul>
          {text.map((paragraph) => (
            <li key={paragraph}>{paragraph}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What the purchase earned: the factor for the type, times the share of the wishes that are met. */
function Receipt({ purchase, product }: { readonly purchase: PurchaseView; readonly product: ProductView | null }) {
  const { reward, typeFactor, attributesMet, attributesWanted, optionsMet, optionsWanted, priceOk } = purchase;
  const met = attributesMet + optionsMet + Number(priceOk);
  const wanted = attributesWanted + optionsWanted + 1;
  const chosen = product?.options.flatMap(({ values }) => values.filter((value) => value.chosen)) ?? [];
  return (
    <div className={styles.receipt}>
      <h3>Thank you for shopping with us!</h3>
      {product !== null && (
        <p>
          You bought <b>{product.title}</b> for {dollars(product.price)}
          {chosen.length > 0 && `, ${chosen.map(({ label }) => label).join(", ")}`}.
        </p>
      )}
      <table className={controls.table}>
        <caption className={controls.visuallyHidden}>How the reward comes about</caption>
        <tbody>
          <Wish
            name="attributes"
            value={`${attributesMet} of ${attributesWanted}`}
            isMet={attributesMet === attributesWanted}
          />
          <Wish name="options" value={`${optionsMet} of ${optionsWanted}`} isMet={optionsMet === optionsWanted} />
          <Wish name="price" value={priceOk ? "within the limit" : "too high"} isMet={priceOk} />
          <Wish name="kind of product" value={`× ${formatScore(typeFactor)}`} isMet={typeFactor === 1} />
        </tbody>
      </table>
      <p className={styles.reward} data-testid="reward">
        Your score: {formatScore(Math.round(1000 * reward) / 10)} of 100
      </p>
      <p className={controls.note}>
        {met} of {wanted} wishes met, times {formatScore(typeFactor)} for the kind of product.
      </p>
    </div>
  );
}

function Wish({ name, value, isMet }: { readonly name: string; readonly value: string; readonly isMet: boolean }) {
  return (
    <tr className={isMet ? styles.met : styles.missed}>
      <th scope="row">{name}</th>
      <td>
        {isMet ? "✓" : "✗"} {value}
      </td>
    </tr>
  );
}
