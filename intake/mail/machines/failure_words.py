"""What servers write about a failure and what it means (RFC 3463). Data only; `bounce_status` walks it."""

from __future__ import annotations

from intake.mail.machines.wording import phrases

# RFC 3463 §3: subject and detail, by what programs write. The first row that fits is taken, so precise ones come first.
WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "2.2",  # mailbox full
        phrases(
            """
            mailbox full; mailbox is full; mailbox was full; mailboxfull; full mailbox; inbox is full
            mailfolder is full; over quota; overquota; over the quota; over disk quota; over the allowed quota
            over their quota; quota exceeded; exceeded quota; exceeds quota; exceeded its quota; exceeded their quota
            exceeding their quota; exceeded the quota; exceeding its mailbox quota; quota violation
            quota usage exceeded; reached disk quota; mailbox size limit; exceeded storage; storage quota
            exceeded its disk space; exceeded its storage; mailbox exceeded; out of storage; mailbox has exceeded
            mailbox exceeds allowed size; not enough storage space in; too much mail data
            too many messages on the server; space has been used up; too much mail stored; exceed the quota
            postfach voll; postfach ist voll; postfach des empfängers ist voll; mailbox voll; mailbox ist voll
            speicherplatz erschöpft; kontingent überschritten; quota überschritten; boîte pleine; boite pleine
            boîte aux lettres est pleine; boite aux lettres pleine; boîte aux lettres pleine
            boîte de réception est pleine; boite du destinataire pleine; messagerie est pleine; quota dépassé
            dépassé son quota; buzón lleno; buzón está lleno; buzón de correo lleno; buzón del destinatario está lleno
            entrada está llena; cuota excedida; excedido su cuota; excedido la cuota; superado su cuota; caixa cheia
            caixa postal cheia; caixa de correio cheia; entrada está cheia; caixa postal está cheia; cota excedida
            excedeu a cota; casella piena; casella è piena; casella di posta piena; posta è piena; quota superata
            postvak is vol; postvak vol; mailbox is vol; inbox is vol; quotum overschreden; skrzynka pełna
            skrzynka jest pełna; skrzynka odbiorcy jest pełna; przepełnion; schránka plná; schránka je plná
            plná schránka; переполнен; переповнен; превышена квота; превысил квоту; квота превышена; kutusu dolu
            kutusu doldu; kotası doldu; kotası aşıl; brevlåda är full; brevlådan är full; postlåda är full
            postlådan är full; postkasse er fuld; postkassen er fuld; indbakke er fuld; postboks er full
            postboksen er full; innboks er full; innboksen er full; postilaatikko on täynnä; 邮箱已满; 郵箱已滿
            信箱已满; 信箱已滿; 空间已满; 空間已滿; 邮箱空间不足; 邮箱容量; 邮箱爆满; 收件箱已满; 收件匣已滿; 超出配额
            空间不足; メールボックスがいっぱい; メールボックスが一杯; 受信箱がいっぱい; 容量を超え; 容量オーバー
            容量がいっぱい; 容量不足; 満杯; 메일함이 가득; 편지함이 가득; 사서함이 꽉; 사서함이 가득; 메일함 용량
            편지함 용량; 용량 초과; 용량이 초과; 메일 용량; 容量が一杯; 容量がいっぱ; 容量の上限; postafiók megtelt
            postafiókja megtelt; postaláda megtelt; postafiók betelt; cutia poștală este plină
            căsuța poștală este plină
            cutia postala este plina; schránka je plna; кутия е пълна; кутията е пълна; sandučić je pun
            poštanski pretinac je pun; pretinac je pun; predal je poln; nabiralnik je poln; θυρίδα * είναι πλήρης
            γραμματοκιβώτιο * είναι γεμάτο; γραμματοκιβώτιο είναι πλήρες; תיבת הדואר * מלאה; תיבת הדואר מלאה
            صندوق البريد * ممتلئ; صندوق البريد ممتلئ; صندوق پستی پر است; صندوق * پر است; hộp thư * đầy; hộp thư đã đầy
            กล่องจดหมาย*เต็ม; กล่องจดหมายเต็ม; kotak surat * penuh; kotak surat penuh; kotak masuk penuh
            kotak pos penuh
            """
        ),
    ),
    (
        "3.4",  # message too big for the system
        phrases(
            """
            message too big; message too large; message is too large; message is too big; message size exceeds
            message exceeds; exceeds maximum message size; exceeds the maximum message size; exceeds size limit
            exceeds the size limit; size limit exceeded; exceeded size limit; maximum message size
            maximum size allowed; larger than the current system limit; message file too big; mail too big
            mail is too big; exceeded maximum inbound message size; message length exceeds; attachment too large
            nachricht zu groß; nachricht ist zu groß; mail ist zu groß; überschreitet die maximale größe
            message trop volumineux; message est trop volumineux; trop volumineux; dépasse la taille
            mensaje demasiado grande; mensaje es demasiado grande; excede el tamaño; supera el tamaño
            mensagem muito grande; mensagem é muito grande; excede o tamanho; messaggio troppo grande
            messaggio è troppo grande; supera la dimensione; supera le dimensioni; bericht te groot
            bericht is te groot; wiadomość jest zbyt duża; wiadomość za duża; zbyt duży rozmiar
            zpráva je příliš velká; слишком большой размер; слишком велик; слишком большое; размер сообщения превышает
            размер письма превышает; занадто велик; ileti çok büyük; boyut sınırı; meddelandet är för stort
            beskeden er for stor; meldingen er for stor; viesti on liian suuri; 邮件过大; 邮件太大; 郵件過大; 郵件太大
            超过大小限制; 超出大小限制; 邮件大小超; サイズが大きすぎ; サイズを超え; サイズ超過; サイズ制限; 메일 크기
            용량이 너무 커; 크기 제한; üzenet túl nagy; levél túl nagy; mesajul este prea mare; správa je príliš veľká
            съобщението е твърде голямо; poruka je prevelika; sporočilo je preveliko; μήνυμα είναι πολύ μεγάλο
            ההודעה גדולה מדי; الرسالة كبيرة جدا; حجم الرسالة كبير; thư quá lớn; tin nhắn quá lớn
            ข้อความมีขนาดใหญ่เกินไป
            pesan terlalu besar; ukuran pesan melebihi
            """
        ),
    ),
    (
        "7.1",  # no relaying
        phrases(
            """
            relaying denied; relay access denied; relay denied; relaying not allowed; relaying is not allowed
            relay not permitted; not permitted to relay; unable to relay; relaying prohibited; we do not relay
            relay operation rejected; not a relay; no relaying; relaying is prohibited
            isn't in my list of allowed rcpthosts; not in my list of allowed; relay is not allowed
            """
        ),
    ),
    (
        "2.1",  # mailbox disabled
        phrases(
            """
            account disabled; account is disabled; account has been disabled; account temporarily disabled
            mailbox disabled; mailbox is disabled; mailbox has been disabled; account inactive; account is inactive
            mailbox is inactive; mailbox inactive; inactive user; user is inactive; user inactive; account suspended
            account is suspended; account has been suspended; account deactivated; account is deactivated
            account has been deactivated; deactivated mailbox; account locked; account is locked
            account that you tried to reach is disabled; account is not active; account not active; account expired
            user account is expired; account closed; account has been closed; disabled or discontinued
            mailbox is frozen; user disabled; user is disabled; address disabled; account is temporarily limited
            account has been locked; account unavailable; user suspended; mailbox suspended; recipient disabled
            konto deaktiviert; konto ist deaktiviert; konto ist gesperrt; postfach deaktiviert
            postfach ist deaktiviert; postfach gesperrt; postfach ist gesperrt; compte désactivé; compte est désactivé
            compte a été désactivé; compte suspendu; compte inactif; boîte désactivée; cuenta deshabilitada
            cuenta desactivada; cuenta inhabilitada; cuenta suspendida; cuenta inactiva; cuenta está deshabilitada
            cuenta está desactivada; cuenta bloqueada; conta desativada; conta desabilitada; conta suspensa
            conta inativa; conta bloqueada; conta está desativada; account disabilitato; account disattivato
            casella disabilitata; casella disattivata; casella sospesa; account sospeso; account is uitgeschakeld
            account uitgeschakeld; konto zablokowane; konto jest zablokowane; konto nieaktywne; konto jest nieaktywne
            skrzynka zablokowana; účet je zablokován; ящик заблокирован; ящик отключен; ящик неактивен
            аккаунт заблокирован; аккаунт отключен; учетная запись отключена; учетная запись заблокирована
            скринька заблокована; скриньку заблоковано; hesap devre dışı; hesap askıya; hesabı devre dışı
            hesabı askıya; kontot är inaktiverat; kontot är spärrat; kontoen er deaktiveret; kontoen er deaktivert
            tili on poistettu käytöstä; 帐号已停用; 账号已停用; 帳號已停用; 账号被禁用; 帐号被禁用; 帳號被停用
            邮箱被冻结; 邮箱已停用; 邮箱被禁用; 账号被锁定; 帐号被锁定; 已被禁用; 已被停用; 被封禁; 已冻结; 邮箱已被
            利用停止; アカウントが無効; アカウントは無効; 停止されて; 無効になって; 휴면; 이용 정지; 이용이 정지
            비활성; 사용 중지; 사용이 중지
            """
        ),
    ),
    (
        "1.2",  # no such domain
        phrases(
            """
            host unknown; unknown host; host not found; domain not found; name service error; nxdomain; no such domain
            domain does not exist; domain doesn't exist; domain * couldn't be found; domain * could not be found
            domain * does not exist; domain * not found; domain name not found; domain couldn't be found
            domain could not be found; domain wasn't found; no mx; unrouteable domain; unrouteable mail domain
            couldn't find any host; couldn't find a mail exchanger; host or domain name not found
            bad destination domain; bad destination system; domain isn't in my list; nonexistentdomain
            non-existent domain; nonexistent domain; unknown domain; invalid domain; domain unknown
            dns server returned answer with no data; no valid hosts; hostname unknown; host lookup did not complete
            all relevant mx records point to non-existent hosts; domain was not found; unable to find the domain
            domain existiert; domäne existiert; domain * existiert nicht; domäne * existiert nicht
            domäne * nicht gefunden; domaine * n'existe pas; domaine * introuvable; dominio * no existe
            domínio * não existe; dominio * non esiste; домен * не существует; domäne wurde nicht gefunden
            domain wurde nicht gefunden; domaine introuvable; domaine n'existe pas; dominio no existe
            dominio desconocido; dominio no encontrado; domínio não existe; domínio não encontrado; dominio non esiste
            dominio sconosciuto; dominio inesistente; domein bestaat niet; domena nie istnieje; nieznana domena
            домен не существует; домен не найден; неизвестный домен; alan adı bulunamadı; 域名不存在; 網域不存在
            ドメインが存在しない; ドメインが見つかりません; 도메인이 존재하지; 도메인을 찾을 수
            """
        ),
    ),
    (
        "1.1",  # no such mailbox
        phrases(
            """
            user unknown; unknown user; user * unknown; user * not found; user * does not exist; user * doesn't exist
            account * does not exist; mailbox * does not exist; recipient * does not exist; recipient * not found
            rcpt * does not exist; doesn't have a * account; no * in name directory; invalid * mailbox; userunknown
            no such user; no such recipient; no such mailbox; no such person; no such address; no such account
            no such local user; user not found; user doesn't exist; user does not exist; user not known
            user not exist; user is unknown; user is not found; not a known user; not our customer; unknown account
            account not found; account does not exist; account doesn't exist
            account that you tried to reach does not exist; recipient unknown; unknown recipient; recipient not found
            recipient does not exist; recipient not exist; recipient is not found; recipnotfound; recipientnotfound
            recipient notfound; recipient name is not recognized; recipient was not found; wasn't found at
            address unknown; unknown address; address does not exist; address doesn't exist; address not found
            address couldn't be found; address could not be found; address was not found; no longer exists
            address no longer valid; mailbox unknown; unknown mailbox; mailbox not found; mailbox does not exist
            mailbox doesn't exist; mailbox unavailable; no mailbox here; no mailbox by that name; no mailbox found
            mailbox not present; invalid mailbox; invalid recipient; invalid user; unknown local part
            unknown local-part; unknown local user; unknown or invalid; unrecognized recipient; undeliverable address
            not listed in domino directory; not listed in public name; not listed in directory; not in my validrcptto
            not a valid mailbox; not a valid recipient; not a valid user; bad destination mailbox; bad recipient
            invalid final delivery userid; unrouteable address; nonexistent user; non-existent user; there is no such
            no one at this address; doesn't have an account; no existe; unrouteable recipient; unknown e-mail address
            recipient address rejected: user; unbekannter benutzer; benutzer unbekannt; empfänger unbekannt
            unbekannter empfänger; adresse unbekannt; existiert nicht; adresse wurde nicht gefunden
            empfänger wurde nicht gefunden; kein solcher benutzer; e-mail-adresse nicht gefunden
            adresse nicht gefunden; utilisateur inconnu; destinataire inconnu; adresse inconnue; n'existe pas
            adresse introuvable; est introuvable; n'a pas été trouvé; destinataire introuvable
            boîte aux lettres introuvable; usuario desconocido; destinatario desconocido; dirección desconocida
            usuario no encontrado; no se encontró la dirección; dirección no encontrada
            no se ha encontrado la dirección; no se encontró el destinatario; usuario inexistente
            felhasználó nem létezik; címzett nem létezik; ismeretlen felhasználó; ismeretlen címzett
            nincs ilyen felhasználó
            utilizatorul nu există; utilizator necunoscut; adresa nu există; destinatar necunoscut
            používateľ neexistuje
            adresát neexistuje; neznámy používateľ; neznámy príjemca; потребителят не съществува; няма такъв потребител
            неизвестен потребител; адресът не съществува; korisnik ne postoji; nepoznat korisnik; nepoznati korisnik
            adresa ne postoji; uporabnik ne obstaja; naslov ne obstaja; ο χρήστης δεν υπάρχει; άγνωστος χρήστης
            διεύθυνση δεν υπάρχει; παραλήπτης δεν υπάρχει; המשתמש לא קיים; משתמש לא קיים; הנמען לא קיים; הכתובת לא קיימת
            נמען לא ידוע; المستخدم غير موجود; مستخدم غير معروف; العنوان غير موجود; المستلم غير موجود; لا يوجد مستخدم
            کاربر وجود ندارد; گیرنده وجود ندارد; người dùng không tồn tại; địa chỉ không tồn tại
            không tìm thấy người nhận
            tài khoản không tồn tại; ไม่มีผู้ใช้นี้; ไม่พบผู้ใช้; ไม่พบผู้รับ; ไม่พบที่อยู่; pengguna tidak ditemukan
            pengguna tidak ada
            alamat tidak ditemukan; penerima tidak ditemukan; alamat tidak ada; pengguna tidak dikenal
            usuário desconhecido; destinatário desconhecido; não existe; usuário não encontrado
            endereço não encontrado; usuário inexistente; destinatário não encontrado; endereço inexistente
            utente sconosciuto; destinatario sconosciuto; indirizzo sconosciuto; non esiste; utente non trovato
            indirizzo non trovato; destinatario inesistente; indirizzo inesistente; casella inesistente
            onbekende gebruiker; gebruiker onbekend; ontvanger onbekend; onbekende ontvanger; bestaat niet
            adres niet gevonden; niet gevonden; nieznany użytkownik; nieznany odbiorca; nie istnieje
            nie znaleziono adresu; nie znaleziono odbiorcy; brak takiego użytkownika; neexistuje; neznámý příjemce
            neznámý uživatel; nebyla nalezena; пользователь не найден; неизвестный пользователь
            нет такого пользователя; пользователь неизвестен; получатель не найден; адрес не найден
            адрес не существует; не существует; неизвестный получатель; ящик не найден; нет такого; не існує
            не знайдено; kullanıcı bulunamadı; alıcı bulunamadı; adres bulunamadı; mevcut değil
            böyle bir kullanıcı yok; kullanıcı yok; finns inte; okänd användare; okänd mottagare; hittades inte
            findes ikke; ukendt bruger; ukendt modtager; finnes ikke; ukjent bruker; ukjent mottaker; ei ole olemassa
            tuntematon; ei löytynyt; ei löydy; 用户不存在; 用戶不存在; 使用者不存在; 帐号不存在; 账号不存在
            帳號不存在; 账户不存在; 收件人不存在; 地址不存在; 邮箱不存在; 信箱不存在; 邮箱地址不存在; 无此用户
            無此用戶; 查无此人; 用户未找到; 找不到收件人; 收件人邮件地址（; 找不到; 不存在; 存在しません; 存在しない
            見つかりません; 宛先不明; 該当するユーザ; ユーザーが不明; ユーザ不明; 존재하지 않; 없는 사용자; 없는 계정
            사용자를 찾을 수 없; 알 수 없는 사용자; 없는 메일; 받는 사람을 찾을 수 없
            """
        ),
    ),
    (
        "1.3",  # an address that cannot be
        phrases(
            """
            bad address syntax; malformed address; invalid address syntax; syntax error in address
            bad destination mailbox address syntax; illegal address; address syntax; illegal mailbox name
            invalid mailbox syntax; mailbox name not allowed
            """
        ),
    ),
    (
        "1.6",
        phrases(
            """
            user has moved; has moved to a new address; mailbox has moved; recipient has moved; user has moved to
            address has changed
            """
        ),
    ),
    (
        "4.6",  # a loop
        phrases(
            """
            too many hops; mail loop; mail loops back to myself; loops back to; routing loop; hop count exceeded
            loop detected; looping; maximum hop count; mailschleife; too many received
            """
        ),
    ),
    (
        "4.7",  # no more time
        phrases(
            """
            delivery failed * attempts; message expired; delivery time expired; retry timeout exceeded
            retry time not reached; queue too long; has expired; queue.expired; maximum-time-expired
            delivery attempts have expired; been in the queue for; could not be delivered for; message timed out
            """
        ),
    ),
    (
        "4.1",  # no answer from the host
        phrases(
            """
            connection timed out; connection refused; no answer from host; did not respond; host is not responding
            not responding; could not connect; unable to connect; couldn't connect; establish an smtp connection
            network is unreachable; no route to host; host is unreachable; operation timed out; connection failed
            can't connect; cannot connect; timeout while connecting; did not accept our requests to connect
            verbindung abgelehnt; zeitüberschreitung; délai d'attente; tiempo de espera; tempo limite; время ожидания
            соединение отклонено; zaman aşımı; 连接超时; 無法連線; 接続できません; タイムアウト; 연결할 수 없
            시간 초과
            """
        ),
    ),
    (
        "7.1",  # refused as unwanted, or by a rule
        phrases(
            """
            spam; blacklist; blocklist; black list; block list; blocked using; dnsbl; an rbl; (rbl); spamhaus; spamcop
            barracuda; unsolicited; junk mail; bulk mail; message blocked; was blocked; has been blocked; is blocked
            blocked by; content rejected; rejected for policy; policy reasons; security polic; policy violation
            violates our policy; policy rejection; banned; poor reputation; low reputation; reputation; dmarc
            spf check; spf fail; dkim; access denied; not authorized; not authorised; don't have permission
            do not have permission; permission to send; authrequired; notauthorized; delivery not authorized
            rejected by the recipient; administrative prohibition; administratively; virus; malware; forbidden
            listed in; listed at; client host rejected; sender rejected; sender address rejected; abgelehnt wegen
            als spam; unerwünscht; comme indésirable; indésirable; no deseado; indesejad; indesiderat; ongewenst; спам
            нежелательн; 垃圾邮件; 垃圾郵件; 黑名单; 黑名單; 拒收; 被拒绝; 被拒絕; 反垃圾; 拦截; 迷惑メール; 受信拒否
            拒否され; 스팸; 수신 ?거부; 수신거부; 차단
            """
        ),
    ),
    (
        "3.1",
        phrases(
            """
            insufficient system storage; insufficient disk space; insufficient system resources; no space left
            disk full; system full
            """
        ),
    ),
    (
        "3.2",
        phrases("not accepting network messages; system not accepting; too busy; server is busy; service unavailable"),
    ),
    ("5.3", phrases("too many recipients")),
)
