"""What other shops call our columns and events, in English and Chinese; earlier names win over later ones."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "event_id": (
        "eventid", "eventuuid", "insertid", "messageid", "hitid", "事件id", "事件编号",
    ),
    "event": (
        "event", "eventname", "eventtype", "action", "behavior", "behaviour", "behaviortype", "activity", "事件",
        "事件类型", "行为", "行为类型", "事件名称",
    ),
    "time": (
        "time", "timestamp", "eventtimestamp", "eventtime", "datetime", "createdat", "paidat", "invoicedate",
        "orderdate", "orderdatetime", "transactiontimestamp", "purchasedate", "purchasetime", "ordertime",
        "transactiondate", "createdate", "datecreated", "datecreatedgmt", "paiddate", "saledate", "date",
        "eventdate", "day", "ts", "时间", "下单时间", "付款时间", "支付时间", "订单付款时间", "订单创建时间",
        "创建时间", "交易时间", "购买时间", "日期", "下单日期", "交易日期", "订单日期", "行为时间",
    ),
    "customer_id": (
        "customerid", "customer", "custid", "clientid", "userid", "userpseudoid", "visitorid", "memberid",
        "householdid", "shopperid", "buyerid", "customeruserid", "customeruser", "customerno", "customernumber",
        "cardid", "uid", "email", "customeremail", "emailbilling", "billingemail", "客户id", "顾客id", "客户编号",
        "顾客编号", "会员id", "会员编号", "会员卡号", "用户id", "用户编号", "买家id", "买家会员名", "买家昵称",
        "会员号",
    ),
    "session_id": (
        "sessionid", "gasessionid", "session", "visitid", "usersession", "会话id", "会话编号",
    ),
    "order_id": (
        "orderid", "ordernumber", "orderno", "invoiceno", "invoice", "invoiceid", "invoicenumber", "transactionid",
        "basketid", "receiptid", "receiptno", "checkid", "ticketid", "订单编号", "订单号", "订单id", "主订单编号",
        "交易编号", "小票号", "单号",
    ),
    "product_id": (
        "productid", "itemid", "sku", "lineitemsku", "itemsku", "stockcode", "productsku", "articleid",
        "articleno", "skuid", "upc", "ean", "barcode", "variantid", "lineitemid", "product", "item", "商品id",
        "商品编号", "商品编码", "货号", "商家编码", "条码", "条形码", "宝贝id",
    ),
    "product_name": (
        "productname", "itemname", "lineitemname", "description", "producttitle", "title", "itemdescription",
        "productdescription", "商品名称", "宝贝标题", "标题", "商品标题", "品名", "商品",
    ),
    "category": (
        "category", "itemcategory", "productcategory", "categoryname", "categorycode", "categoryid", "department",
        "producttype", "commodity", "类目", "品类", "类别", "商品类目", "商品分类", "分类",
    ),
    "brand": (
        "brand", "itembrand", "productbrand", "brandname", "vendor", "manufacturer", "品牌",
    ),
    "quantity": (
        "quantity", "qty", "lineitemquantity", "itemquantity", "units", "unitssold", "pieces", "数量", "购买数量",
        "商品数量", "宝贝总数量", "销量", "件数",
    ),
    "discount": (
        "discount", "discountamount", "itemdiscountamount", "lineitemdiscount", "retaildisc", "折扣", "优惠金额",
        "折扣金额", "优惠",
    ),
    "coupon_discount": (
        "coupondiscount", "coupondisc", "couponamount", "itemcoupondiscount", "优惠券金额", "优惠券抵扣",
    ),
    "offer_id": (
        "offerid", "coupon", "couponcode", "discountcode", "promocode", "couponid", "couponupc", "promotionid",
        "优惠券", "优惠券id", "优惠码", "活动券",
    ),
    "campaign_id": (
        "campaignid", "campaign", "promotionname", "活动id", "活动", "营销活动",
    ),
    "search_term": (
        "searchterm", "searchquery", "query", "keyword", "搜索词", "关键词", "搜索关键词",
    ),
    "rating": (
        "rating", "stars", "score", "reviewscore", "overall", "评分", "星级",
    ),
    "dwell_ms": (
        "dwellms", "engagementtimemsec", "停留毫秒",
    ),
    "channel": (
        "channel", "source", "saleschannel", "platform", "渠道", "来源", "平台",
    ),
    "device": (
        "device", "devicecategory", "devicetype", "设备", "设备类型",
    ),
    "place": (
        "place", "store", "storeid", "shop", "branch", "country", "region", "billingcountry", "shippingcountry",
        "门店", "店铺", "地区", "城市", "国家", "省份",
    ),
}  # fmt: skip
"""Our column -> names without case, spaces and signs."""

LINE_AMOUNTS = (
    "amount", "linetotal", "lineamount", "itemtotal", "itemrevenue", "salesvalue", "revenue", "totalprice",
    "total", "itemsubtotal", "ordersubtotal", "sales", "spend", "value", "实付金额", "成交金额", "支付金额",
    "买家实际支付金额", "销售额", "金额", "总金额", "消费金额", "实收金额",
)  # fmt: skip

UNIT_PRICES = (
    "unitprice", "price", "lineitemprice", "itemprice", "itemcost", "productprice", "saleprice", "sellingprice",
    "单价", "价格", "成交单价", "售价",
)  # fmt: skip

EVENTS: dict[str, tuple[str, ...]] = {
    "view_item": (
        "view", "productview", "viewproduct", "viewcontent", "detail", "pv", "itemview", "浏览",
    ),
    "select_item": ("click", "点击"),
    "add_to_cart": (
        "cart", "addtocart", "basket", "加购", "加入购物车",
    ),
    "remove_from_cart": ("removefromcart", "移出购物车"),
    "add_to_wishlist": (
        "fav", "favorite", "wishlist", "收藏",
    ),
    "purchase": (
        "buy", "order", "sale", "transaction", "orderplaced", "ordercompleted", "purchase", "购买", "下单", "支付",
        "成交",
    ),
    "refund": (
        "return", "returned", "refund", "cancel", "退款", "退货",
    ),
    "search": ("search", "viewsearchresults", "搜索"),
    "review": (
        "review", "rate", "评价", "评论",
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
