"""What other shops call our columns and events, in five languages; earlier names win over later ones.

Names stand here as `recognise.bare` makes them: without case, spaces, signs and accents (`Quantité` is `quantite`).
"""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "event_id": (
        "eventid", "eventuuid", "insertid", "messageid", "hitid", "事件id", "事件编号",
    ),
    "event": (
        "event", "eventname", "eventtype", "action", "behavior", "behaviour", "behaviortype", "activity", "事件",
        "事件类型", "行为", "行为类型", "事件名称",
        "ereignis", "evenement", "evento", "事件名", "操作类型",
    ),
    "time": (
        "time", "timestamp", "eventtimestamp", "eventtime", "datetime", "createdat", "paidat", "invoicedate",
        "orderdate", "orderdatetime", "transactiontimestamp", "purchasedate", "purchasetime", "ordertime",
        "transactiondate", "createdate", "datecreated", "datecreatedgmt", "paiddate", "saledate", "date",
        "eventdate", "day", "ts", "时间", "下单时间", "付款时间", "支付时间", "订单付款时间", "订单创建时间",
        "创建时间", "交易时间", "购买时间", "日期", "下单日期", "交易日期", "订单日期", "行为时间",
        "datum", "zeitpunkt", "zeitstempel", "datumuhrzeit", "datumunduhrzeit", "bestelldatum",
        "bestellzeitpunkt", "kaufdatum", "verkaufsdatum", "rechnungsdatum", "belegdatum", "buchungsdatum",
        "auftragsdatum", "zahlungsdatum", "zeit", "uhrzeit", "dateheure", "dateetheure", "datecommande",
        "datedecommande", "datedelacommande", "dateachat", "datedachat", "datevente", "datedevente",
        "datefacture", "datepaiement", "horodatage", "heure", "fecha", "fechahora", "fechayhora",
        "fechapedido", "fechadepedido", "fechacompra", "fechadecompra", "fechaventa", "fechadeventa",
        "fechafactura", "fechapago", "hora", "购买日期", "销售日期", "销售时间", "支付日期", "付款日期",
        "消费时间", "消费日期", "订单时间", "成交时间", "成交日期", "创建日期", "发生时间",
    ),
    "customer_id": (
        "customerid", "customer", "custid", "clientid", "userid", "userpseudoid", "visitorid", "memberid",
        "householdid", "shopperid", "buyerid", "customeruserid", "customeruser", "customerno", "customernumber",
        "cardid", "uid", "email", "customeremail", "emailbilling", "billingemail", "客户id", "顾客id", "客户编号",
        "顾客编号", "会员id", "会员编号", "会员卡号", "用户id", "用户编号", "买家id", "买家会员名", "买家昵称",
        "会员号",
        "kundenid", "kundennr", "kundennummer", "kundenkonto", "kundencode", "kunde", "kundin",
        "mitgliedsnr", "mitgliedsnummer", "kartennummer", "kaeufer", "kaufer", "besteller", "kundenemail",
        "idclient", "clientno", "codeclient", "numeroclient", "numclient", "noclient", "nclient",
        "refclient", "client", "acheteur", "emailclient", "idcliente", "codigocliente", "codigodecliente",
        "numerocliente", "numerodecliente", "nocliente", "ncliente", "cliente", "comprador", "emailcliente",
        "客户号", "客户编码", "客户代码", "顾客号", "会员卡", "会员卡id", "会员名", "用户号", "用户名",
        "客户", "顾客", "会员", "用户", "买家",
    ),
    "session_id": (
        "sessionid", "gasessionid", "session", "visitid", "usersession", "会话id", "会话编号",
        "sitzung", "sitzungsid", "idsession", "sesion", "idsesion",
    ),
    "order_id": (
        "orderid", "ordernumber", "orderno", "invoiceno", "invoice", "invoiceid", "invoicenumber", "transactionid",
        "basketid", "receiptid", "receiptno", "checkid", "ticketid", "订单编号", "订单号", "订单id", "主订单编号",
        "交易编号", "小票号", "单号",
        "order", "bestellid", "bestellnr", "bestellnummer", "bestellungsnr", "auftragsnr", "auftragsnummer",
        "rechnungsnr", "rechnungsnummer", "belegnr", "belegnummer", "bonnr", "bonnummer", "bestellung",
        "auftrag", "rechnung", "beleg", "commandeid", "idcommande", "numerocommande", "numerodecommande",
        "numcommande", "nocommande", "ncommande", "refcommande", "numerofacture", "nofacture", "nfacture",
        "commande", "facture", "ticket", "idpedido", "numeropedido", "numerodepedido", "nopedido",
        "npedido", "codigopedido", "numerofactura", "nofactura", "nfactura", "pedido", "factura",
        "订单号码", "单据号", "单据编号", "流水号", "交易号", "交易单号", "小票", "订单",
    ),
    "product_id": (
        "productid", "itemid", "sku", "lineitemsku", "itemsku", "stockcode", "productsku", "articleid",
        "articleno", "skuid", "upc", "ean", "barcode", "variantid", "lineitemid", "product", "item", "商品id",
        "商品编号", "商品编码", "货号", "商家编码", "条码", "条形码", "宝贝id",
        "artikelid", "artikelnr", "artikelnummer", "artnr", "artikelcode", "produktid", "produktnr",
        "produktnummer", "produktcode", "idproduit", "codeproduit", "refproduit", "referenceproduit",
        "codearticle", "refarticle", "idproducto", "codigoproducto", "codigodeproducto", "codigoarticulo",
        "referencia", "artikel", "produkt", "produit", "article", "producto", "articulo", "产品id",
        "产品编号", "产品编码", "商品代码", "sku编码", "商品", "产品", "宝贝",
    ),
    "product_name": (
        "productname", "itemname", "lineitemname", "description", "producttitle", "title", "itemdescription",
        "productdescription", "商品名称", "宝贝标题", "标题", "商品标题", "品名", "商品",
        "artikelname", "artikelbezeichnung", "bezeichnung", "produktname", "produktbezeichnung",
        "beschreibung", "nomproduit", "nomduproduit", "nomarticle", "libelle", "designation",
        "nombreproducto", "nombredelproducto", "nombredeproducto", "descripcion", "artikel", "produkt",
        "produit", "article", "producto", "articulo", "产品名称", "宝贝名称", "产品", "宝贝",
    ),
    "category": (
        "category", "itemcategory", "productcategory", "categoryname", "categorycode", "categoryid", "department",
        "producttype", "commodity", "类目", "品类", "类别", "商品类目", "商品分类", "分类",
        "kategorie", "warengruppe", "produktgruppe", "artikelgruppe", "sortiment", "categorie",
        "categorieproduit", "famille", "rayon", "categoria", "categoriaproducto", "familia", "产品类目",
        "产品分类", "种类",
    ),
    "brand": (
        "brand", "itembrand", "productbrand", "brandname", "vendor", "manufacturer", "品牌",
        "marke", "hersteller", "marque", "fabricant", "marca", "fabricante",
    ),
    "quantity": (
        "quantity", "qty", "lineitemquantity", "itemquantity", "units", "unitssold", "pieces", "数量", "购买数量",
        "商品数量", "宝贝总数量", "销量", "件数",
        "menge", "anzahl", "stuck", "stueck", "stuckzahl", "stueckzahl", "stk", "quantite", "qte",
        "cantidad", "cant", "unidades", "个数", "销售数量", "产品数量", "购买件数",
    ),
    "discount": (
        "discount", "discountamount", "itemdiscountamount", "lineitemdiscount", "retaildisc", "折扣", "优惠金额",
        "折扣金额", "优惠",
        "rabatt", "rabattbetrag", "nachlass", "remise", "montantremise", "reduction", "descuento",
        "importedescuento", "优惠额",
    ),
    "coupon_discount": (
        "coupondiscount", "coupondisc", "couponamount", "itemcoupondiscount", "优惠券金额", "优惠券抵扣",
        "gutscheinbetrag", "gutscheinrabatt",
    ),
    "offer_id": (
        "offerid", "coupon", "couponcode", "discountcode", "promocode", "couponid", "couponupc", "promotionid",
        "优惠券", "优惠券id", "优惠码", "活动券",
        "gutschein", "gutscheincode", "aktionscode", "rabattcode", "codepromo", "codepromotionnel",
        "bonreduction", "cupon", "codigocupon", "codigopromocional",
    ),
    "campaign_id": (
        "campaignid", "campaign", "promotionname", "活动id", "活动", "营销活动",
        "kampagne", "kampagnenid", "campagne", "idcampagne", "campana", "idcampana",
    ),
    "search_term": (
        "searchterm", "searchquery", "query", "keyword", "搜索词", "关键词", "搜索关键词",
        "suchbegriff", "suchanfrage", "recherche", "busqueda",
    ),
    "rating": (
        "rating", "stars", "score", "reviewscore", "overall", "评分", "星级",
        "bewertung", "sterne", "valoracion", "puntuacion",
    ),
    "dwell_ms": (
        "dwellms", "engagementtimemsec", "停留毫秒",
    ),
    "channel": (
        "channel", "source", "saleschannel", "platform", "渠道", "来源", "平台",
        "kanal", "vertriebskanal", "quelle", "canal", "origen",
    ),
    "device": (
        "device", "devicecategory", "devicetype", "设备", "设备类型",
        "gerat", "geraet", "appareil", "dispositivo",
    ),
    "place": (
        "place", "store", "storeid", "shop", "branch", "country", "region", "billingcountry", "shippingcountry",
        "门店", "店铺", "地区", "城市", "国家", "省份",
        "filiale", "laden", "land", "standort", "magasin", "boutique", "pays", "ville", "tienda", "pais",
        "ciudad",
    ),
}  # fmt: skip
"""Our column -> names without case, spaces and signs."""

LINE_AMOUNTS = (
    "amount", "linetotal", "lineamount", "itemtotal", "itemrevenue", "salesvalue", "revenue", "totalprice",
    "total", "itemsubtotal", "ordersubtotal", "sales", "spend", "value", "实付金额", "成交金额", "支付金额",
    "买家实际支付金额", "销售额", "金额", "总金额", "消费金额", "实收金额",
        "betrag", "zeilenbetrag", "positionsbetrag", "zeilensumme", "gesamtpreis", "gesamtbetrag",
        "bruttobetrag", "nettobetrag", "umsatz", "summe", "gesamt", "rechnungsbetrag", "wert", "montant",
        "montantttc", "montantligne", "montanttotal", "totalttc", "prixtotal", "importe", "importelinea",
        "importetotal", "preciototal", "monto", "montototal", "valor", "实付", "交易金额", "付款金额",
        "应付金额", "销售金额", "小计", "合计", "总价", "总额", "订单金额", "订单总金额",
    )  # fmt: skip

UNIT_PRICES = (
    "unitprice", "price", "lineitemprice", "itemprice", "itemcost", "productprice", "saleprice", "sellingprice",
    "单价", "价格", "成交单价", "售价",
        "einzelpreis", "stuckpreis", "stueckpreis", "verkaufspreis", "artikelpreis", "preis",
        "prixunitaire", "prixunit", "prixarticle", "prix", "preciounitario", "preciounidad", "precio",
        "商品单价", "商品价格", "销售价", "零售价",
    )  # fmt: skip

EVENTS: dict[str, tuple[str, ...]] = {
    "view_item": (
        "view", "productview", "viewproduct", "viewcontent", "detail", "pv", "itemview", "ansicht", "vue",
        "浏览",
    ),
    "select_item": ("click", "klick", "clic", "点击"),
    "add_to_cart": (
        "cart", "addtocart", "basket", "加购", "加入购物车",
        "warenkorb", "indenwarenkorb", "panier", "ajoutaupanier", "carrito", "anadiralcarrito",
    ),
    "remove_from_cart": ("removefromcart", "移出购物车"),
    "add_to_wishlist": (
        "fav", "favorite", "wishlist", "收藏",
    ),
    "purchase": (
        "buy", "order", "sale", "transaction", "orderplaced", "ordercompleted", "purchase", "购买", "下单", "支付",
        "成交",
        "kauf", "verkauf", "bestellung", "achat", "vente", "commande", "compra", "venta", "pedido", "销售",
        "付款",
    ),
    "refund": (
        "return", "returned", "refund", "cancel", "退款", "退货",
        "ruckgabe", "rueckgabe", "retoure", "storno", "stornierung", "erstattung", "ruckerstattung",
        "gutschrift", "retour", "remboursement", "annulation", "devolucion", "reembolso", "anulacion",
        "取消",
    ),
    "search": ("search", "viewsearchresults", "搜索"),
    "review": (
        "review", "rate", "评价", "评论",
        "bewertung", "avis", "resena",
    ),
    "begin_checkout": ("checkout",),
    "view_promotion": ("impression", "exposure", "曝光"),
    "redeem": ("couponused", "redemption", "核销"),
    "sign_up": ("signup", "register", "注册"),
    "login": ("登录",),
    "share": ("分享",),
}  # fmt: skip
"""Our event -> names other shops have for it; our own names, written in any way, are known besides."""

NOT_WANTED = (
    "page_view", "session_start", "first_visit", "user_engagement", "scroll", "first_open", "screen_view",
    "app_update", "os_update", "form_start", "form_submit", "file_download", "video_start", "video_progress",
    "video_complete",
)  # fmt: skip
"""GA4 events that say nothing about a product or an offer: proposed as names mapped to nothing."""
